import type { OutputItem } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'
import { readItem, readPart } from '../read-item.ts'

const ofText = /^response\.(output_text|refusal|reasoning_(?:summary_)?text)\.(delta|done)$/

/** The type of the items that have a text; undefined for events of anything else. */
export function kindOfText(type: string): 'message' | 'reasoning' | undefined {
  const [, kind] = ofText.exec(type) ?? []
  return kind === undefined ? undefined : kind.startsWith('reasoning') ? 'reasoning' : 'message'
}

/** The parts of summaries: each is added before it grows. */
export class SummaryParts {
  /** The parts that have been added, by the index of their item. */
  readonly #added = new Map<number, Set<number>>()

  /** The events to send for one of an item; those of anything else stay as they are. */
  take(event: ResponsesEvent): readonly ResponsesEvent[] {
    const { type, output_index = 0, item_id, summary_index = 0 } = event
    const [, isAdded] = /^response\.reasoning_summary_(?:(part\.added)|text\.delta)$/.exec(type) ?? [
      undefined,
      '',
    ]
    if (isAdded === '') return [event]
    const parts = this.#added.get(output_index) ?? new Set()
    this.#added.set(output_index, parts)
    if (parts.has(summary_index)) return isAdded ? [] : [event]
    parts.add(summary_index)
    if (isAdded) return [event]
    const part = readPart({ type: 'summary_text' })
    const partAdded = 'response.reasoning_summary_part.added'
    return [{ type: partAdded, output_index, item_id, summary_index, part } as ResponsesEvent, event]
  }
}

/**
 * A piece of a text with the events that begin its item, which LiteLLM leaves out: https://github.com/BerriAI/litellm/pull/36375.
 * A whole text comes as a piece first. Undefined for a piece of anything else: nobody knows the name of a call.
 */
export function withMissingItem(
  event: ResponsesEvent,
  output_index: number,
  id: string,
): readonly ResponsesEvent[] | undefined {
  const { type, text, ...at } = event
  const [, kind = '', step] = ofText.exec(type) ?? []
  if (step === undefined) return undefined
  const item = { ...(kind.startsWith('reasoning') ? thoughts : message), id }
  const pieces: object[] = [{ ...event, item_id: id }]
  if (step === 'done')
    pieces.unshift({ ...at, type: `response.${kind}.delta`, item_id: id, delta: text ?? event.refusal })
  return [{ type: 'response.output_item.added', output_index, item }, ...pieces] as ResponsesEvent[]
}

const message: OutputItem = readItem({ type: 'message' }, false)
const thoughts: OutputItem = readItem({ type: 'reasoning' }, false)
