import { z } from 'zod'

// The events of https://developers.openai.com/api/reference/resources/responses/streaming-events, as far as clients need
// their fields.

const index = z.int().min(0)
const text = z.string().min(1)
const item = { item_id: text, output_index: index }
const part = { ...item, content_index: index }
const summary = { ...item, summary_index: index }
const anyObject = z.looseObject({})

const written = (place: z.ZodRawShape, field: string) => ({
  delta: z.looseObject({ ...place, delta: z.string() }),
  done: z.looseObject({ ...place, [field]: z.string() }),
})
const outputText = written(part, 'text')
const refusal = written(part, 'refusal')
const reasoning = written(part, 'text')
const summaryText = written(summary, 'text')
const calls = written(item, 'arguments')
const inputs = written(item, 'input')
const lifecycle = z.looseObject({ response: anyObject })

/** The shape of each event, by its type; of other events, only the position in the stream is checked. */
export const eventShapes: Readonly<Record<string, z.ZodType>> = {
  'response.created': lifecycle,
  'response.queued': lifecycle,
  'response.in_progress': lifecycle,
  'response.completed': lifecycle,
  'response.incomplete': lifecycle,
  'response.failed': lifecycle,
  'response.output_item.added': z.looseObject({ output_index: index, item: anyObject }),
  'response.output_item.done': z.looseObject({ output_index: index, item: anyObject }),
  'response.content_part.added': z.looseObject({ ...part, part: anyObject }),
  'response.content_part.done': z.looseObject({ ...part, part: anyObject }),
  'response.output_text.delta': outputText.delta,
  'response.output_text.done': outputText.done,
  'response.output_text.annotation.added': z.looseObject({ ...part, annotation_index: index }),
  'response.refusal.delta': refusal.delta,
  'response.refusal.done': refusal.done,
  'response.reasoning_text.delta': reasoning.delta,
  'response.reasoning_text.done': reasoning.done,
  'response.reasoning_summary_part.added': z.looseObject({ ...summary, part: anyObject }),
  'response.reasoning_summary_part.done': z.looseObject({ ...summary, part: anyObject }),
  'response.reasoning_summary_text.delta': summaryText.delta,
  'response.reasoning_summary_text.done': summaryText.done,
  'response.function_call_arguments.delta': calls.delta,
  'response.function_call_arguments.done': calls.done,
  'response.custom_tool_call_input.delta': inputs.delta,
  'response.custom_tool_call_input.done': inputs.done,
  error: z.looseObject({ message: text }),
}

/** Events that end a stream. */
export const endings = /^(response\.(completed|incomplete|failed)|error)$/
