import type { Block, Change } from '../block.ts'
import type { StreamEvent } from '../dialect.ts'
import type { Annotation } from './annotations.ts'
import { itemId, itemOf, partOf } from './object.ts'
import type { Origin } from './object.ts'
import { callEnd, callPiece } from './tools/calls.ts'

/** Events without their sequence numbers. */
type Events = readonly StreamEvent[]

/** The events of a change; `status` is the status of an item that ends with it. */
export function eventsOf(origin: Origin, change: Change, status: 'completed' | 'incomplete'): Events {
  const { action, block, text } = change
  if (action === 'grow') return growEvents(origin, block, text)
  if (action === 'sign') return []
  const output_index = block.index
  if (action === 'begin') {
    const item = itemOf(origin, block, 'in_progress')
    // Thinking may turn out to be all sealed; then its item has no summary.
    const parts = block.kind === 'thinking' || block.kind === 'image' ? [] : partStart(origin, block)
    return [{ type: 'response.output_item.added', output_index, item }, ...parts]
  }
  const item = itemOf(origin, block, status)
  return [...partEnd(origin, block), { type: 'response.output_item.done', output_index, item }]
}

function growEvents(origin: Origin, block: Block, delta: string): Events {
  const at = locationOf(origin, block)
  if (block.kind === 'tool') return callPiece(origin.tools.declared(block.name), at, delta)
  const isFirst = block.kind === 'thinking' && block.text === delta
  return [...(isFirst ? partStart(origin, block) : []), textPiece(block, at, delta)]
}

function textPiece({ kind }: Block, at: object, delta: string): StreamEvent {
  switch (kind) {
    case 'thinking':
    case 'redacted':
      return { type: 'response.reasoning_summary_text.delta', ...at, delta }
    case 'refusal':
      return { type: 'response.refusal.delta', ...at, delta }
    default:
      return { type: 'response.output_text.delta', ...at, delta, logprobs: [] }
  }
}

function partStart(origin: Origin, block: Block): Events {
  if (block.kind === 'tool') return []
  return [
    { type: `${partEventType(block)}.added`, ...locationOf(origin, block), part: partOf(origin, block, '') },
  ]
}

function partEnd(origin: Origin, block: Block): Events {
  const at = locationOf(origin, block)
  const { kind, text, name } = block
  if (kind === 'tool') return callEnd(origin.tools.declared(name), at, text)
  if (kind === 'thinking' && text === '') return []
  if (kind === 'image') return [{ type: 'response.image_generation_call.completed', ...at }]
  return [
    textEnd(block, at),
    { type: `${partEventType(block)}.done`, ...at, part: partOf(origin, block, text) },
  ]
}

function textEnd({ kind, text }: Block, at: object): StreamEvent {
  if (kind === 'thinking') return { type: 'response.reasoning_summary_text.done', ...at, text }
  if (kind === 'refusal') return { type: 'response.refusal.done', ...at, refusal: text }
  return { type: 'response.output_text.done', ...at, text, logprobs: [] }
}

function partEventType({ kind }: Block): string {
  return kind === 'thinking' ? 'response.reasoning_summary_part' : 'response.content_part'
}

/** The fields that locate a block: each item except a call and an image has one part. */
function locationOf(origin: Origin, block: Block): object {
  const at = { item_id: itemId(origin, block), output_index: block.index }
  if (block.kind === 'tool' || block.kind === 'image') return at
  return block.kind === 'thinking' ? { ...at, summary_index: 0 } : { ...at, content_index: 0 }
}

/** The events of annotations of a text; `before` is the number of those it had. */
export function annotationEvents(
  origin: Origin,
  block: Block,
  added: readonly Annotation[],
  before: number,
): Events {
  const at = locationOf(origin, block)
  return added.map((annotation, index) => ({
    type: 'response.output_text.annotation.added',
    ...at,
    annotation_index: before + index,
    annotation,
  }))
}
