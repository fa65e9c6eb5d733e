import { countMarks, maxMarks, withoutFirstMarks } from '../../chat/notes/cache-marks.ts'
import type { Block } from './content-from-chat.ts'
import type { Turns } from './messages-from-chat.ts'

type Body = Turns & Readonly<Record<string, unknown>>

/** Opens a conversation that an assistant begins, which the service refuses. */
const opening = '(The conversation continues.)'

/**
 * Settles the turns at both ends: the user has the first one, and the text of an assistant that is to be continued does
 * not end in white space. A conversation of system messages alone is what the user says.
 */
export function withFittingEnds(body: Body): Body {
  const { system, messages, ...rest } = body
  if (messages.length === 0 && system) return { ...rest, messages: [{ role: 'user', content: [...system] }] }
  const [first] = messages
  const started =
    first?.role === 'assistant'
      ? [{ role: 'user' as const, content: [{ type: 'text', text: opening }] }, ...messages]
      : messages
  const last = started.at(-1)
  const block = last?.content.at(-1)
  const text = block?.['text']
  const ends = last?.role === 'assistant' && block?.type === 'text' && typeof text === 'string'
  const fitting =
    ends && text !== text.trimEnd()
      ? [...started.slice(0, -1), { ...last, content: trimLast(last.content, block, text) }]
      : started
  return { ...body, messages: fitting }
}

function trimLast(content: readonly Block[], block: Block, text: string): Block[] {
  return [...content.slice(0, -1), { ...block, text: text.trimEnd() }]
}

/**
 * Leaves out marks for the cache that are more than the service accepts, from the front. The last ones of the tools and of the
 * system stay, which other conversations share, and so do the last ones of the conversation, from which its next turn reads the
 * cache.
 */
export function withFittingMarks(body: Body): Body {
  const { tools, system = [], messages, cache_control: ofAll } = body
  const offered = Array.isArray(tools) ? (tools as readonly object[]) : []
  const [ofTools, ofSystem, said] = [countMarks(offered), countMarks(system), countMarks(messages)]
  const most = ofAll == null ? maxMarks : maxMarks - 1
  if (ofTools + ofSystem + said <= most) return body
  const lastOfTools = Math.min(ofTools, 1)
  const keptSaid = Math.min(said, most - lastOfTools - Math.min(ofSystem, 1))
  const keptOfSystem = Math.min(ofSystem, most - keptSaid - lastOfTools)
  const keptOfTools = Math.min(ofTools, most - keptSaid - keptOfSystem)
  return {
    ...body,
    ...(ofTools > keptOfTools ? { tools: withoutFirstMarks(offered, ofTools - keptOfTools) } : {}),
    ...(ofSystem > keptOfSystem ? { system: withoutFirstMarks(system, ofSystem - keptOfSystem) } : {}),
    messages: withoutFirstMarks(messages, said - keptSaid),
  }
}
