import type { ContentPart, Message } from '../../contract/index.ts'
import { joinContents, partsOf } from './contents.ts'

/**
 * Puts system messages where a model's template expects them: in one message at the front. Later ones become part of
 * the user's turn in the same place: moved to the front, they would change the cached beginning of the whole
 * conversation, and would be read before the text they refer to.
 */
export function systemFirst(messages: readonly Message[]): readonly Message[] {
  const front = messages.findIndex(message => !isSystem(message))
  const leading = front < 0 ? messages : messages.slice(0, front)
  const rest = messages.slice(leading.length)
  if (leading.length <= 1 && !rest.some(isSystem)) return messages
  return [...(leading.length > 0 ? [mergeSystem(leading)] : []), ...systemAsReminders(rest)]
}

/** Makes each system message a part of the user's turn in the same place. */
export function systemAsReminders(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(isSystem)) return messages
  const merged: Message[] = []
  let waiting: ContentPart[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    if (isSystem(message)) {
      if (last?.role === 'user') merged[merged.length - 1] = withParts(last, quoted(message), 'behind')
      else waiting = [...waiting, ...quoted(message)]
    } else if (message.role === 'user' && waiting.length > 0) {
      merged.push(withParts(message, waiting, hasResults(message) ? 'behind' : 'before'))
      waiting = []
    } else {
      // Between a call and its results nobody else may speak.
      if (waiting.length > 0 && message.role !== 'tool') {
        merged.push({ role: 'user', content: joinContents(waiting) })
        waiting = []
      }
      merged.push(message)
    }
  }
  if (waiting.length > 0) merged.push({ role: 'user', content: joinContents(waiting) })
  return merged
}

/** Names the role that every service knows. */
export function developerAsSystem(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(({ role }) => role === 'developer')) return messages
  return messages.map(message => (message.role === 'developer' ? { ...message, role: 'system' } : message))
}

export function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer'
}

function mergeSystem(messages: readonly Message[]): Message {
  const [first] = messages
  if (messages.length === 1 && first) return first
  const texts = messages.flatMap(({ content }) => partsOf(content))
  return { role: 'system', content: joinContents(texts) }
}

function quoted({ content }: Message): ContentPart[] {
  const texts = partsOf(content).map(({ text }) => text ?? '')
  const text = texts.join('\n\n').trim()
  return text === '' ? [] : [{ type: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` }]
}

/** Whether a turn has results of tools, as in Messages, where they come first. */
function hasResults({ content }: Message): boolean {
  return partsOf(content).some(({ type }) => type === 'tool_result')
}

function withParts(message: Message, parts: readonly ContentPart[], where: 'before' | 'behind'): Message {
  const own = partsOf(message.content)
  return { ...message, content: joinContents(where === 'before' ? [...parts, ...own] : [...own, ...parts]) }
}
