import type { Block, Change } from '../blocks.ts'
import type { StreamEvent } from '../dialect.ts'
import { itemId, itemOf, partOf } from './object.ts'

/** Events without their sequence numbers. */
type Events = readonly StreamEvent[]

/** The events of a change; `status` is the status of an item that ends with it. */
export function eventsOf(stem: string, change: Change, status: 'completed' | 'incomplete'): Events {
  const { action, block, text } = change
  if (action === 'grow') return [growEvent(stem, block, text)]
  const output_index = block.index
  if (action === 'begin') {
    const item = itemOf(stem, block, 'in_progress')
    return [{ type: 'response.output_item.added', output_index, item }, ...partStart(stem, block)]
  }
  const item = itemOf(stem, block, status)
  return [...partEnd(stem, block), { type: 'response.output_item.done', output_index, item }]
}

function growEvent(stem: string, block: Block, delta: string): StreamEvent {
  const at = locationOf(stem, block)
  switch (block.kind) {
    case 'tool':
      return { type: 'response.function_call_arguments.delta', ...at, delta }
    case 'thinking':
    case 'redacted':
      return { type: 'response.reasoning_summary_text.delta', ...at, delta }
    case 'refusal':
      return { type: 'response.refusal.delta', ...at, delta }
    case 'text':
      return { type: 'response.output_text.delta', ...at, delta, logprobs: [] }
  }
}

function partStart(stem: string, block: Block): Events {
  if (block.kind === 'tool') return []
  return [{ type: `${partEventType(block)}.added`, ...locationOf(stem, block), part: partOf(block, '') }]
}

function partEnd(stem: string, block: Block): Events {
  const at = locationOf(stem, block)
  const { kind, text, name } = block
  if (kind === 'tool')
    return [{ type: 'response.function_call_arguments.done', ...at, name, arguments: text }]
  return [textEnd(block, at), { type: `${partEventType(block)}.done`, ...at, part: partOf(block, text) }]
}

function textEnd({ kind, text }: Block, at: object): StreamEvent {
  if (kind === 'thinking') return { type: 'response.reasoning_summary_text.done', ...at, text }
  if (kind === 'refusal') return { type: 'response.refusal.done', ...at, refusal: text }
  return { type: 'response.output_text.done', ...at, text, logprobs: [] }
}

function partEventType({ kind }: Block): string {
  return kind === 'thinking' ? 'response.reasoning_summary_part' : 'response.content_part'
}

/** The fields that locate a block: each item except a tool call has one part. */
function locationOf(stem: string, block: Block): object {
  const at = { item_id: itemId(stem, block), output_index: block.index }
  if (block.kind === 'tool') return at
  return block.kind === 'thinking' ? { ...at, summary_index: 0 } : { ...at, content_index: 0 }
}
