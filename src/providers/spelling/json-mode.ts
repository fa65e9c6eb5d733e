import { fieldsOf } from '../../chat/read/fields.ts'
import type { ChatRequest } from '../../contract/index.ts'

/** The instruction for a service without a JSON mode. */
export const objectAlone = 'Answer with one JSON object and nothing else: no other text, no code fence.'

/** Whether a request asks for any JSON object. Some clients add a schema for it, which says more. */
export function asksForObject({ response_format: format }: ChatRequest): boolean {
  const { type, schema } = fieldsOf(format) ?? {}
  return type === 'json_object' && fieldsOf(schema) === undefined
}
