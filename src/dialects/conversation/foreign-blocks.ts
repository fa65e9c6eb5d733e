import { noteNative, withBlockFields } from '../../chat/notes/native-form.ts'
import { fieldsOf, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { argumentsOf } from '../../chat/read/tool-calls.ts'
import { unnamed } from './call-ids.ts'

/**
 * A body of chat completions in which the blocks of other APIs have their place in a chat: calls, results and thoughts, which
 * SDKs leave in the content of a conversation that began elsewhere, and the choice among tools. The same body without any.
 * A block that only its own service can read stays as the client wrote it.
 */
export function withChatBlocks(body: Fields): Fields {
  const { messages, tool_choice: choice } = body
  const all: readonly unknown[] = Array.isArray(messages) ? messages : []
  const read = all.some(hasForeignBlocks) ? all.flatMap(readMessage) : messages
  const chosen = choiceOf(choice)
  const isSingle = fieldsOf(choice)?.['disable_parallel_tool_use'] === true
  return withFields(body, {
    messages: read,
    ...(chosen === undefined ? {} : { tool_choice: chosen }),
    ...(isSingle && body['parallel_tool_calls'] == null ? { parallel_tool_calls: false } : {}),
  })
}

/** Whether a message has such blocks. */
export function hasForeignBlocks(message: unknown): boolean {
  const { role, content } = fieldsOf(message) ?? {}
  if (!Array.isArray(content)) return false
  if (role === 'user') return content.some(isResult)
  return role === 'assistant' && content.some(part => isCall(part) || isThought(part))
}

/** A choice as a chat has it; Messages and Responses write it as an object. */
function choiceOf(choice: unknown): unknown {
  const { type, name, function: called, custom } = fieldsOf(choice) ?? {}
  if (type === 'any') return 'required'
  if (type === 'auto' || type === 'none' || type === 'required') return type
  if (type === 'custom' && custom === undefined && wordsOf(name)) return { type, custom: { name } }
  const isNamed = (type === 'tool' || (type === 'function' && called === undefined)) && wordsOf(name)
  return isNamed ? { type: 'function', function: { name } } : choice
}

function readMessage(message: unknown): readonly unknown[] {
  const fields = fieldsOf(message)
  if (!fields || !hasForeignBlocks(message)) return [message]
  const parts = fields['content'] as readonly unknown[]
  return fields['role'] === 'user' ? readResults(fields, parts) : [readAnswer(fields, parts)]
}

function readResults(message: Fields, parts: readonly unknown[]): readonly unknown[] {
  const rest = parts.filter(part => !isResult(part))
  const results = parts.filter(isResult).map(resultOf)
  return rest.length === 0 ? results : [...results, { ...message, content: rest }]
}

/** The block is noted for a service of its own API: a chat has no place for a failure or a mark for the cache. */
function resultOf(block: Fields & { readonly type: string }): Fields {
  const told = { role: 'tool', tool_call_id: block['tool_use_id'], content: block['content'] ?? '' }
  const result = withBlockFields(told, { cache_control: block['cache_control'], is_error: block['is_error'] })
  if (isOfMessages(block['content'])) noteNative(result, [block])
  return result
}

/** The types of blocks that Messages has in a result. */
const inResults: ReadonlySet<unknown> = new Set([
  'text',
  'image',
  'document',
  'search_result',
  'tool_reference',
])

function isOfMessages(content: unknown): boolean {
  return Array.isArray(content)
    ? content.every(part => inResults.has(fieldsOf(part)?.['type']))
    : content == null || typeof content === 'string'
}

/** Calls that are told twice, as some SDKs do, are those of the message. */
function readAnswer(message: Fields, parts: readonly unknown[]): Fields {
  const { reasoning_content: told } = message
  const rest = parts.filter(part => !isCall(part) && !isThought(part))
  const given = Array.isArray(message['tool_calls']) ? message['tool_calls'] : []
  const calls = given.length > 0 ? given : parts.filter(isCall).map(callOf)
  const thoughts = parts.filter(isThought)
  const signed = thoughts.filter(isSigned)
  const plain = thoughts.flatMap(thought => (isSigned(thought) ? [] : (wordsOf(textOf(thought)) ?? [])))
  return {
    ...(signed.length > 0 ? { thinking_blocks: signed } : {}),
    ...message,
    ...(plain.length > 0 && told == null ? { reasoning_content: plain.join('\n\n') } : {}),
    content: rest.length > 0 ? rest : calls.length > 0 ? null : '',
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function callOf(block: Fields): Fields {
  const { id, name, input } = block
  const given = typeof input === 'string' ? argumentsOf(input) : JSON.stringify(input ?? {})
  const called = { name: wordsOf(name) ?? unnamed, arguments: given }
  return withBlockFields(
    { id, type: 'function', function: called },
    { cache_control: block['cache_control'] },
  )
}

function isResult(part: unknown): part is Fields & { readonly type: string } {
  return fieldsOf(part)?.['type'] === 'tool_result'
}

function isCall(part: unknown): part is Fields {
  return fieldsOf(part)?.['type'] === 'tool_use'
}

function isThought(part: unknown): part is Fields {
  const fields = fieldsOf(part)
  return fields !== undefined && (isSigned(fields) || textOf(fields) !== undefined)
}

function isSigned({ type, signature }: Fields): boolean {
  return type === 'redacted_thinking' || (type === 'thinking' && wordsOf(signature) !== undefined)
}

/** The text of a thought without a seal; undefined for one that says more, or in another form, such as Mistral's lists. */
function textOf(part: Fields): string | undefined {
  const { type, thinking, reasoning, reasoning_content: content, text, summary } = part
  if (type === 'thinking') return typeof thinking === 'string' ? thinking : undefined
  if (type !== 'reasoning' && type !== 'reasoning_content') return undefined
  if (part['encrypted_content'] != null || part['signature'] != null) return undefined
  return [reasoning, content, text, textOfSummary(summary)].find(given => typeof given === 'string')
}

/** The text of a summary that has nothing but texts. */
function textOfSummary(summary: unknown): string | undefined {
  if (!Array.isArray(summary)) return undefined
  const texts = (summary as readonly unknown[]).map(fieldsOf).map(part => {
    const { type, text, ...more } = part ?? {}
    return type === 'summary_text' && Object.keys(more).length === 0 ? text : undefined
  })
  return texts.every(text => typeof text === 'string') ? texts.join('\n\n') : undefined
}
