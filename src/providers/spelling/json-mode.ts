import { fieldsOf } from '../../chat/read/fields.ts'
import type { ChatRequest, Message } from '../../contract/index.ts'
import { joinContents, partsOf } from './contents.ts'

/** The instruction for a service without a JSON mode. */
export const objectAlone = 'Answer with one JSON object and nothing else: no other text, no code fence.'

/** Whether a request asks for any JSON object. Some clients add a schema for it, which says more. */
export function asksForObject({ response_format: format }: ChatRequest): boolean {
  const { type, schema } = fieldsOf(format) ?? {}
  return type === 'json_object' && fieldsOf(schema) === undefined
}

/** The request with a schema of its answer in words, for a service that has a JSON mode but takes no schemas. */
export function withSchemaInWords(request: ChatRequest): ChatRequest {
  const format = fieldsOf(request['response_format'])
  if (format?.['type'] !== 'json_schema') return request
  const schema = fieldsOf(format['json_schema'])?.['schema']
  const words = `${objectAlone} The object fits this JSON schema:\n${JSON.stringify(schema ?? {})}`
  const messages = withSystemText(request.messages, words)
  return { ...request, messages, response_format: { type: 'json_object' } }
}

function withSystemText(messages: readonly Message[], text: string): readonly Message[] {
  const [first] = messages
  if (first?.role !== 'system' && first?.role !== 'developer')
    return [{ role: 'system', content: text }, ...messages]
  const parts = [...partsOf(first.content), { type: 'text', text }]
  return [{ ...first, content: joinContents(parts) }, ...messages.slice(1)]
}
