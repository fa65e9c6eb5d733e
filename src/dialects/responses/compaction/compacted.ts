import { isObject } from '../../check.ts'
import type { StreamEvent } from '../../dialect.ts'

/** A body that asks for a compaction as one that asks for a response which is one. */
export function withTrigger(body: StreamEvent): StreamEvent {
  const input = [...itemsOf(body['input']), { type: 'compaction_trigger' }]
  return { ...body, input, stream: false, store: false }
}

/** A response that is a compaction, in the form of OpenAI's endpoint for one: behind all messages of the user. */
export function compacted(response: StreamEvent, { input }: StreamEvent): object {
  const { id, created_at, output, usage } = response
  const said = itemsOf(input).filter(item => isObject(item) && item['role'] === 'user')
  return { id, object: 'response.compaction', created_at, output: [...said, ...itemsOf(output)], usage }
}

function itemsOf(input: unknown): readonly unknown[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  return Array.isArray(input) ? input : []
}
