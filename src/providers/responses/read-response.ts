import { newCompletionId } from '../../chat/completion.ts'
import { fieldsOf, readList, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { endOfSeconds, readSeconds } from '../../chat/read/head.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { countOf } from '../../chat/read/usage.ts'
import type { Usage } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { checkNames, readItem, withIds } from './read-item.ts'
import type { OutputItem } from './answer.ts'

const statuses = ['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete']

/**
 * A whole answer of Responses with the types that clients rely on. The value itself if it is valid. Throws
 * `UnreadableAnswer`.
 */
export function readAnswer(value: unknown, model: string): Fields {
  const sent = fieldsOf(value)
  if (!sent || !Array.isArray(sent['output'])) throw new UnreadableAnswer('sent an answer without output')
  const details = fieldsOf(sent['incomplete_details'])
  const read = readResponse(sent, model, details ? 'incomplete' : 'completed')
  checkNames(read['output'] as readonly OutputItem[])
  const isEnded = read['status'] !== 'in_progress' && read['status'] !== 'queued'
  return isEnded && read['usage'] === undefined ? { ...read, usage: null } : read
}

/** A response, whole or as the events of a stream show it. `status`: its default if none is readable. */
export function readResponse(sent: Fields, model: string, status: string): Fields {
  const { created_at: created, output } = sent
  const isTime = typeof created === 'number' && created >= 0 && created < endOfSeconds
  const isKnown = statuses.includes(sent['status'] as string)
  return withFields(sent, {
    id: wordsOf(sent['id']) ?? newCompletionId().replace('chatcmpl-', 'resp_'),
    object: 'response',
    created_at: isTime ? created : (readSeconds(created) ?? unixSeconds()),
    status: isKnown ? sent['status'] : status,
    model: wordsOf(sent['model']) ?? model,
    output: output === undefined ? [] : readOutput(output),
    ...reasonsOf(sent, isKnown ? sent['status'] : status),
    usage: sent['usage'] === null ? null : readUsage(sent['usage']),
  })
}

/** The reasons why a response failed or is incomplete. */
function reasonsOf({ error, incomplete_details: details }: Fields, status: unknown): Fields {
  const told = fieldsOf(details)
  const isTold = wordsOf(told?.['reason']) !== undefined
  const limit =
    status === 'incomplete' ? { reason: 'max_output_tokens' } : details === undefined ? undefined : null
  return {
    error: error == null ? error : readError(fieldsOf(error) ?? {}),
    incomplete_details: isTold ? details : limit,
  }
}

function readError(error: Fields): Fields | null {
  if (wordsOf(error['message']) === undefined) return null
  return withFields(error, { code: wordsOf(error['code']) ?? 'server_error' })
}

function readOutput(value: unknown): readonly unknown[] {
  if (value === null) return []
  if (!Array.isArray(value)) throw new UnreadableAnswer('sent output that is no list')
  return readList(value, item => (item === null ? undefined : readItem(item, true)))
}

/** Usage with valid numbers, also from chat's names for them; undefined unless input and output are both present. */
function readUsage(value: unknown): Fields | undefined {
  const usage = fieldsOf(value)
  const input = countOf(usage?.['input_tokens'] ?? usage?.['prompt_tokens'])
  const output = countOf(usage?.['output_tokens'] ?? usage?.['completion_tokens'])
  if (!usage || input === undefined || output === undefined) return undefined
  return withFields(usage, {
    input_tokens: input,
    input_tokens_details: withCount(
      usage['input_tokens_details'] ?? usage['prompt_tokens_details'],
      'cached_tokens',
    ),
    output_tokens: output,
    output_tokens_details: withCount(
      usage['output_tokens_details'] ?? usage['completion_tokens_details'],
      'reasoning_tokens',
    ),
    total_tokens: countOf(usage['total_tokens']) ?? input + output,
  })
}

function withCount(value: unknown, name: string): Fields {
  const details = fieldsOf(value) ?? {}
  return withFields(details, { [name]: countOf(details[name]) ?? 0 })
}

/** An answer for a client of the service's API: with ids, and with the usage of its translation to chat. */
export function relayedAnswer(answer: Fields, usage: Usage | null | undefined): Fields {
  let position = 0
  const output = readList(answer['output'] as readonly OutputItem[], item =>
    withIds(item as OutputItem, position++),
  )
  const estimate = usage && {
    input_tokens: usage.prompt_tokens,
    output_tokens: usage.completion_tokens,
  }
  const sent = answer['usage'] ?? undefined
  return withFields(answer, { output, usage: sent ?? (estimate ? readUsage(estimate) : null) })
}
