import { fieldsOf, readList, textOrNull, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { newCompletionId } from '../../chat/completion.ts'
import type { Usage } from '../../contract/index.ts'
import { readBlock, readUsage } from './read-block.ts'

/**
 * A whole answer of Messages with the types that clients rely on. The value itself if it is valid. Usage is absent if
 * it was not sent. Throws `UnreadableAnswer`.
 */
export function readMessage(value: unknown, model: string): Fields {
  const sent = fieldsOf(value)
  const blocks = blocksOf(sent?.['content'])
  if (!sent || !blocks) throw new UnreadableAnswer('sent an answer without content')
  const content = readList(blocks, block => (block === null ? undefined : readBlock(block)))
  return withFields(sent, {
    ...readHead(sent, model),
    content,
    stop_reason: readReason(sent['stop_reason']) ?? (hasCalls(content) ? 'tool_use' : 'end_turn'),
  })
}

/** The blocks of a message; a text is one of them. */
export function blocksOf(content: unknown): readonly unknown[] | undefined {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return Array.isArray(content) ? (content as unknown[]) : undefined
}

function hasCalls(content: unknown): boolean {
  return Array.isArray(content) && content.some(block => fieldsOf(block)?.['type'] === 'tool_use')
}

/** Other words of services for the reason of an end: those of chat completions. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'refusal'],
])

/** The reason of an end in Anthropic's words; undefined if it is missing or empty. */
export function readReason(value: unknown): string | undefined {
  const words = wordsOf(value)
  return words === undefined ? undefined : (synonyms.get(words) ?? words)
}

/** The reason of an end that fits the calls before it: agents make calls only if it names them, and ask again if it does. */
export function reasonAfter(reason: unknown, hasCalls: boolean): unknown {
  if (reason === 'tool_use' && !hasCalls) return 'end_turn'
  return reason === 'end_turn' && hasCalls ? 'tool_use' : reason
}

/** The fields of a message apart from its content and its end. */
export function readHead(sent: Fields, model: string): Fields {
  return {
    id: wordsOf(sent['id']) ?? newCompletionId().replace('chatcmpl-', 'msg_'),
    type: 'message',
    role: 'assistant',
    model: wordsOf(sent['model']) ?? model,
    stop_sequence: sent['stop_sequence'] === undefined ? undefined : textOrNull(sent['stop_sequence']),
    usage: readUsage(sent['usage']),
  }
}

/** A whole message as clients rely on it: with usage, from its translation to chat if it has none, and a reason that fits. */
export function settled(message: Fields, usage: Usage | null | undefined): Fields {
  const reason = reasonAfter(message['stop_reason'], hasCalls(message['content']))
  return withFields(withUsage(message, usage), { stop_reason: reason })
}

/** A message with usage; from its translation to chat if it has none. */
export function withUsage(message: Fields, usage: Usage | null | undefined): Fields {
  const sent = fieldsOf(message['usage']) ?? {}
  return withFields(message, {
    usage: withFields(sent, {
      input_tokens: sent['input_tokens'] ?? usage?.prompt_tokens ?? 0,
      output_tokens: sent['output_tokens'] ?? usage?.completion_tokens ?? 0,
    }),
  })
}
