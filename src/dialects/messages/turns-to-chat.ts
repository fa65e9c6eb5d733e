import { withBlockFields } from '../../chat/notes/native-form.ts'
import type { ContentPart, Message } from '../../contract/index.ts'
import { isPacked, joinThoughts, readThoughts, thoughtFields } from '../../text/carried-thoughts.ts'
import type { Thoughts } from '../../text/carried-thoughts.ts'
import { readCarried } from '../../text/carried.ts'
import { check } from '../check.ts'
import { userSpeaks } from '../conversation/call-ids.ts'
import { ConversationBuilder, textPart, toolCall } from '../conversation/conversation-builder.ts'
import { earlierBlockText, partsOf, resultPartsOf } from './blocks-to-chat.ts'
import { marked } from './cache-marks.ts'
import { textBlock, toolResultBlock, toolUseBlock } from './schema.ts'
import type { ContentBlock, CountBody } from './schema.ts'

type Content = CountBody['messages'][number]['content']

/**
 * Translates a conversation of the Messages API into the messages of a chat. A history is never refused: a chat gets
 * its text. Signed thinking stays as it is, unsigned thinking becomes `reasoning_content`. With `lenient`, the current
 * turn is not refused, either.
 */
export function turnsToChat({ system, messages }: CountBody, lenient = false): readonly Message[] {
  const conversation = new ConversationBuilder()
  if (system != null) addSystem(conversation, system, 'system')
  const newest = lenient ? messages.length : messages.findLastIndex(({ role }) => role === 'assistant') + 1
  const lastOfUser = messages.findLastIndex(userSpeaks)
  for (const [index, { role, content, clear_at: end }] of messages.entries()) {
    const path = `messages[${index}].content`
    if (role === 'system' && end === 'next_user_message' && index < lastOfUser) continue
    if (role === 'system') addSystem(conversation, content, path)
    else if (role === 'assistant') addAssistant(conversation, content, path)
    else addUser(conversation, content, { path, isNew: index >= newest })
  }
  return conversation.messages
}

function addSystem(conversation: ConversationBuilder, content: Content, path: string): void {
  const blocks = blocksAt(content, path)
  const parts = blocks
    .map(([block, at]) => marked(textPart(instructionOf(block, at)), block))
    .filter(isSpoken)
  const native = blocks.map(([block]) => block).filter(({ type }) => type === 'text')
  if (parts.length > 0) conversation.addSystem(parts, native.length === blocks.length ? native : [])
}

function instructionOf(block: ContentBlock, at: string): string {
  return block.type === 'text' ? withoutHeaders(check(textBlock, block, at).text) : earlierBlockText(block)
}

function addAssistant(conversation: ConversationBuilder, content: Content, path: string): void {
  const parts: ContentPart[] = []
  const calls = []
  const signed: ContentBlock[] = []
  const unsigned: string[] = []
  const native: ContentBlock[] = []
  let sealed: Thoughts = {}
  for (const [block, at] of blocksAt(content, path)) {
    const { type, thinking, signature } = block
    if (isPacked(signature)) sealed = joinThoughts(sealed, readThoughts(signature))
    if (type === 'redacted_thinking' || (type === 'thinking' && signature && !isPacked(signature)))
      signed.push(block)
    else if (type === 'thinking') {
      if (typeof thinking === 'string' && thinking !== '') unsigned.push(thinking)
      continue
    } else if (type === 'tool_use') {
      const { id: given, name, input: sent } = check(toolUseBlock, block, at)
      const input = sent ?? {}
      const { id, carried } = readCarried(given)
      const call = { ...toolCall(id, name, JSON.stringify(input)), ...carried }
      calls.push(withBlockFields(call, { cache_control: block['cache_control'] }))
      native.push({ ...block, id, input })
      continue
    } else {
      const text = type === 'text' ? check(textBlock, block, at).text : `${earlierBlockText(block)}\n`
      if (text.trim() !== '') parts.push(marked(textPart(text), block))
      else if (type === 'text') continue
    }
    native.push(block)
  }
  if (parts.length + calls.length === 0) return
  const reasoning = signed.length === 0 ? unsigned.join('\n\n') : ''
  const extra = {
    ...(signed.length > 0 ? { thinking_blocks: signed } : {}),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...thoughtFields(sealed),
  }
  conversation.addAssistant(parts, calls, extra, native)
}

interface Place {
  readonly path: string
  readonly isNew: boolean
}

function addUser(conversation: ConversationBuilder, content: Content, { path, isNew }: Place): void {
  const parts: ContentPart[] = []
  const native: ContentBlock[] = []
  for (const [block, at] of blocksAt(content, path)) {
    if (block.type === 'tool_result') {
      const { tool_use_id: given, content: result } = check(toolResultBlock, block, at)
      const { id } = readCarried(given)
      const inner = blocksAt(result ?? [], `${at}.content`)
      const told = inner.flatMap(([one, place]) => resultPartsOf(one, place))
      conversation.addResult(id, withMark(told, block), [{ ...block, tool_use_id: id }])
    } else {
      native.push(block)
      parts.push(...partsOf(block, at, isNew))
    }
  }
  const spoken = parts.filter(isSpoken)
  conversation.addUser(spoken.length > 0 ? spoken : parts.slice(0, 1), native)
}

/** The parts of a result, the last of which has the mark of the whole result. */
function withMark(parts: readonly ContentPart[], block: ContentBlock): readonly ContentPart[] {
  const last = parts.findLastIndex(({ type }) => type === 'text')
  return parts.map((part, index) => (index === last ? marked(part, block) : part))
}

/**
 * The text without lines such as `x-anthropic-billing-header: ...` at its start, which Claude Code writes for Anthropic alone.
 * They differ in each request, so that no service could use its cache of the prompt behind them.
 */
function withoutHeaders(text: string): string {
  return text.replace(/^(?:x-anthropic-[a-z-]+:[^\n]*(?:\n|$))+/, '')
}

/** Services refuse text of white space alone. */
function isSpoken({ type, text = '' }: ContentPart): boolean {
  return type !== 'text' || text.trim() !== ''
}

/** Each block with its path; a string is one block of text. */
function blocksAt(content: Content, path: string): (readonly [ContentBlock, string])[] {
  if (typeof content === 'string') return [[{ type: 'text', text: content }, path]]
  return content.map((block, index) => [block, `${path}[${index}]`])
}
