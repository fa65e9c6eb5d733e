import type { OutputItem } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'
import { readItem, readPart } from '../read-item.ts'

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
  const [, kind = '', step] =
    /^response\.(output_text|refusal|reasoning_(?:summary_)?text)\.(delta|done)$/.exec(type) ?? []
  if (step === undefined) return undefined
  const item = { ...(kind.startsWith('reasoning') ? thoughts : message), id }
  const pieces: object[] = [{ ...event, item_id: id }]
  if (step === 'done')
    pieces.unshift({ ...at, type: `response.${kind}.delta`, item_id: id, delta: text ?? event.refusal })
  const begun: object[] = [{ type: 'response.output_item.added', output_index, item }]
  if (kind === 'reasoning_summary_text')
    begun.push({
      type: 'response.reasoning_summary_part.added',
      item_id: id,
      output_index,
      summary_index: event.summary_index ?? 0,
      part: readPart({ type: 'summary_text' }),
    })
  return [...begun, ...pieces] as ResponsesEvent[]
}

const message: OutputItem = readItem({ type: 'message' }, false)
const thoughts: OutputItem = readItem({ type: 'reasoning' }, false)
