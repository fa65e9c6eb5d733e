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
  if (!sent || !Array.isArray(sent['content'])) throw new UnreadableAnswer('sent an answer without content')
  const listed = (sent['content'] as unknown[]).filter(block => block !== null)
  const blocks = listed.length === (sent['content'] as unknown[]).length ? sent['content'] : listed
  const content = readList(blocks as unknown[], readBlock)
  const calls = content.some(block => fieldsOf(block)?.['type'] === 'tool_use')
  return withFields(sent, {
    ...readHead(sent, model),
    content,
    stop_reason: wordsOf(sent['stop_reason']) ?? (calls ? 'tool_use' : 'end_turn'),
  })
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

/** A message with the usage that clients rely on; from its translation to chat if it has none. */
export function withUsage(message: Fields, usage: Usage | null | undefined): Fields {
  const sent = fieldsOf(message['usage']) ?? {}
  return withFields(message, {
    usage: withFields(sent, {
      input_tokens: sent['input_tokens'] ?? usage?.prompt_tokens ?? 0,
      output_tokens: sent['output_tokens'] ?? usage?.completion_tokens ?? 0,
    }),
  })
}
