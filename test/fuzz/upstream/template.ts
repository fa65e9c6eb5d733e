import { eventsOf as messageEvents, messageOf } from '../../fake-messages.ts'
import { eventsOf as responseEvents, responseOf } from '../../fake-responses.ts'
import { chatTemplate, embeddingsTemplate } from './chat.ts'
import type { Saying } from './saying.ts'

export type Json = Readonly<Record<string, unknown>>

/** One event of a stream; a text is data that is not JSON. */
export interface StreamEvent {
  readonly name?: string
  readonly data: unknown
}

/** A valid answer of a service, both whole and as a stream. */
export interface Template {
  readonly whole: Json
  readonly events: readonly StreamEvent[]
}

/** The valid answer of the service with this path. */
export function templateFor(path: string, saying: Saying): Template {
  if (path.includes('/embeddings')) return embeddingsTemplate()
  if (path.includes('/responses')) return responsesTemplate(saying)
  if (path.includes('/messages')) return messagesTemplate(saying)
  return chatTemplate(saying)
}

function messagesTemplate({ text, thinking, calls }: Saying): Template {
  const content = [
    ...(thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: 'c2ln' }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...calls.map(({ id, name, arguments: args }) => ({
      type: 'tool_use',
      id,
      name,
      input: JSON.parse(args) as unknown,
    })),
  ]
  return { whole: messageOf(content), events: messageEvents(content).map(parseEvent) }
}

function responsesTemplate({ text, thinking, calls }: Saying): Template {
  const output = [
    ...(thinking === undefined
      ? []
      : [{ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: thinking }] }]),
    ...(text === '' ? [] : [messageItem(text)]),
    ...calls.map(({ id, name, arguments: args }, index) => ({
      id: `fc_${index}`,
      type: 'function_call',
      status: 'completed',
      call_id: id,
      name,
      arguments: args,
    })),
  ]
  const response = responseOf(output)
  return { whole: response, events: responseEvents(response).map(parseEvent) }
}

function messageItem(text: string): Json {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content }
}

function parseEvent(framed: string): StreamEvent {
  const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)\n\n$/.exec(framed) ?? []
  return { name, data: JSON.parse(data) as unknown }
}
