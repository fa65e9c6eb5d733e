import { fieldsOf, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'

/**
 * A body of chat completions in which the blocks of other APIs have their place in a chat: calls, results and thoughts, which
 * SDKs leave in the content of a conversation that began elsewhere, and the choice among tools. The same body without any.
 */
export function withChatBlocks(body: Fields): Fields {
  const { messages, tool_choice: choice } = body
  const all: readonly unknown[] = Array.isArray(messages) ? messages : []
  const read = all.some(hasForeignBlocks) ? all.flatMap(readMessage) : messages
  const chosen = choiceOf(choice)
  return withFields(body, { messages: read, ...(chosen === undefined ? {} : { tool_choice: chosen }) })
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
  const { type, name, function: called } = fieldsOf(choice) ?? {}
  if (type === 'any') return 'required'
  if (type === 'auto' || type === 'none' || type === 'required') return type
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
  const results = parts.filter(isResult).map(({ tool_use_id, content }) => ({
    role: 'tool',
    tool_call_id: tool_use_id,
    content: content ?? '',
  }))
  return rest.length === 0 ? results : [...results, { ...message, content: rest }]
}

/** Calls that are told twice, as some SDKs do, are those of the message. */
function readAnswer(message: Fields, parts: readonly unknown[]): Fields {
  const rest = parts.filter(part => !isCall(part) && !isThought(part))
  const given = Array.isArray(message['tool_calls']) ? message['tool_calls'] : []
  const calls = given.length > 0 ? given : parts.filter(isCall).map(callOf)
  const thoughts = parts.filter(isThought)
  const signed = thoughts.filter(isSigned)
  const plain = thoughts.flatMap(thought => (isSigned(thought) ? [] : (textOf(thought) ?? [])))
  return {
    ...(signed.length > 0 ? { thinking_blocks: signed } : {}),
    ...(plain.length > 0 ? { reasoning_content: plain.join('\n\n') } : {}),
    ...message,
    content: rest.length > 0 ? rest : null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function callOf({ id, name, input }: Fields): Fields {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } }
}

function isResult(part: unknown): part is Fields {
  return fieldsOf(part)?.['type'] === 'tool_result'
}

function isCall(part: unknown): part is Fields {
  const { type, name } = fieldsOf(part) ?? {}
  return type === 'tool_use' && wordsOf(name) !== undefined
}

/** Mistral's thoughts are lists of parts, which it takes back as they are. */
function isThought(part: unknown): part is Fields {
  const fields = fieldsOf(part)
  if (fields?.['type'] === 'thinking') return !Array.isArray(fields['thinking'])
  return ['reasoning', 'reasoning_content', 'redacted_thinking'].includes(String(fields?.['type']))
}

function isSigned({ type, signature }: Fields): boolean {
  return type === 'redacted_thinking' || (type === 'thinking' && wordsOf(signature) !== undefined)
}

function textOf({ thinking, reasoning, reasoning_content: content, text }: Fields): string | undefined {
  return [thinking, reasoning, content, text].map(wordsOf).find(words => words !== undefined)
}
