import { recordingIn } from '../../chat/notes/files.ts'
import { blockFieldsOf, nativeOf } from '../../chat/notes/native-form.ts'
import { fieldsOf, textOf } from '../../chat/read/fields.ts'
import type { ContentPart, Message, ToolCall } from '../../contract/index.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'
import { fromChatContent, isForeign, readableBlocks } from './content-from-chat.ts'
import type { Block } from './content-from-chat.ts'
import { isThought } from './thinking/thinking.ts'
import { interleave } from './thinking-places.ts'
import { withRefusalAsText } from '../spelling/contents.ts'
import { beginOfNow, withReadableHistory } from '../spelling/text-only.ts'
import { untranslatable } from '../translation.ts'

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: Block[]
}

/** A conversation in the form of Messages. */
export interface Turns {
  readonly system?: readonly Block[]
  readonly messages: readonly Turn[]
}

/**
 * Moves system and developer messages to the front, in their order, and merges the others into alternating turns:
 * consecutive messages of one side become one turn, and results of tools belong to the user's. Names of participants are
 * dropped. `isSigned`: whether the model signs its thinking; one that does not gets it back as it is.
 */
export function fromChatMessages(messages: readonly Message[], isSigned = true): Turns {
  const system: Block[] = []
  const turns: Turn[] = []
  const now = beginOfNow(messages)
  for (const [index, message] of withReadableHistory(messages, isForeign).entries()) {
    const at = `messages.${index}`
    const native = nativeBlocks(messages[index]!, { at, isSigned, isPast: index < now })
    if (message.role === 'system' || message.role === 'developer') {
      append(system, native ?? withMark(fromChatContent(message.content, at), message))
      continue
    }
    const translated = native ? turnOf(message, native) : fromChatMessage(message, at)
    const turn = isSigned ? translated : withThinking(translated, message)
    const last = turns.at(-1)
    if (last?.role === turn.role) append(last.content, turn.content)
    else if (turn.content.length > 0) turns.push(turn)
  }
  return { ...(system.length > 0 ? { system } : {}), messages: turns }
}

/** One by one: a call with a hundred thousand arguments overflows the stack. */
function append(blocks: Block[], more: readonly Block[]): void {
  for (const block of more) blocks.push(block)
}

interface Place {
  readonly at: string
  readonly isSigned: boolean
  /** Whether it is older than what the user says now, so that it is never refused. */
  readonly isPast: boolean
}

/**
 * The original blocks of a client of Messages, without empty texts, which the service refuses. Models of others get sounds and
 * videos as they are.
 */
function nativeBlocks(message: Message, { at, isSigned, isPast }: Place): readonly Block[] | undefined {
  const native = nativeOf(message)?.filter(({ type, text }) => type !== 'text' || textOf(text).trim() !== '')
  const parts: readonly ContentPart[] = Array.isArray(message.content) ? message.content : []
  if (isPast && parts.some(part => isForeign(part) && recordingIn(part) === undefined)) return undefined
  return isSigned && native ? readableBlocks(native, at, isPast) : native
}

function turnOf({ role }: Message, blocks: readonly Block[]): Turn {
  return { role: role === 'assistant' ? 'assistant' : 'user', content: [...blocks] }
}

function fromChatMessage(message: Message, at: string): Turn {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: withMark(fromChatContent(message.content, at), message) }
    case 'assistant':
      return { role: 'assistant', content: withMark(assistantBlocks(message, at), message) }
    case 'tool':
      return { role: 'user', content: withMark([toolResult(message, at)], message) }
    default:
      throw untranslatable(
        `${at}.role`,
        `"${message.role}" has no counterpart in Anthropic's Messages API; it has system, user, assistant and tool`,
      )
  }
}

/** Writes the mark of a whole message, or of a call, at its last block: chats have it beside the content, too. */
function withMark(blocks: Block[], { cache_control: mark }: Message | ToolCall): Block[] {
  const last = blocks.at(-1)
  if (fieldsOf(mark)?.['type'] === undefined || !last || last['cache_control'] != null || isThought(last))
    return blocks
  return [...blocks.slice(0, -1), { ...last, cache_control: mark }]
}

/** A turn that begins with the thinking of a model that does not sign it. */
function withThinking(turn: Turn, { role, reasoning_content: thinking, tool_calls: calls }: Message): Turn {
  // DeepSeek wants even an empty thought back with the calls that it led to.
  const isKnown = typeof thinking === 'string' && (thinking !== '' || (calls?.length ?? 0) > 0)
  if (role !== 'assistant' || !isKnown || turn.content.length === 0 || isThought(turn.content[0])) return turn
  return { ...turn, content: [{ type: 'thinking', thinking, signature: '' }, ...turn.content] }
}

/** Thinking keeps its position, with the signature we passed to the client: the service requires it. */
function assistantBlocks(message: Message, at: string): Block[] {
  const thinking = (message['thinking_blocks'] as readonly Block[] | null | undefined) ?? []
  const calls = message.tool_calls ?? []
  return interleave(
    Array.isArray(thinking) ? thinking : [],
    fromChatContent(withRefusalAsText(message).content, at),
    calls.flatMap((call, index) => withMark([toolUse(call, `${at}.tool_calls.${index}`)], call)),
  )
}

function toolUse(call: ToolCall, at: string): Block {
  const { id, function: called } = call
  if (!called) throw untranslatable(at, 'is not a function call')
  return {
    type: 'tool_use',
    id: callId(id),
    name: called.name,
    input: inputOf(called.arguments, `${at}.function.arguments`),
    ...blockFieldsOf(call),
  }
}

function inputOf(text: string | undefined, at: string): object {
  if (!text) return {}
  const value = jsonOrUndefined(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw untranslatable(at, "is not a JSON object, which Anthropic's Messages API requires")
}

function toolResult(message: Message, at: string): Block {
  const { tool_call_id: id, content: given } = message
  const { is_error: failed, ...fields } = blockFieldsOf(message)
  const content = typeof given === 'string' ? given : fromChatContent(given, at)
  return {
    type: 'tool_result',
    tool_use_id: callId(id),
    content,
    ...fields,
    ...(failed === true && isText(content) ? { is_error: true } : {}),
  }
}

/** Whether a content is text alone that says something: the service takes the failure of a tool with no other. */
function isText(content: string | readonly Block[]): boolean {
  if (typeof content === 'string') return /\S/.test(content)
  return content.length > 0 && content.every(({ type }) => type === 'text')
}

/** The service allows fewer characters in ids than others, whose calls may be part of the conversation. */
function callId(id: unknown): unknown {
  return typeof id === 'string' ? id.replaceAll(/[^\w-]/g, '_') : id
}
