import { json } from './fake-provider.ts'
import type { Action, ReceivedRequest } from './fake-provider.ts'
import { event, eventStream } from './fake-messages.ts'

type Json = Readonly<Record<string, unknown>>

export interface ResponseOptions {
  readonly id?: string
  readonly reason?: string
}

/** Usage as Responses reports it. */
export const usage = {
  input_tokens: 27,
  input_tokens_details: { cached_tokens: 20 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 32,
}

/**
 * A provider that speaks only Responses: whole or streamed, as requested, and as strict as the real one about unknown
 * fields and items. A string is one message.
 */
export function responses(content: string | readonly Json[] = 'ok', options: ResponseOptions = {}): Action {
  return ({ request }) => {
    const wrong = faultOf(request)
    if (wrong) return responsesError(400, 'invalid_request_error', wrong)
    const previous = request.body['previous_response_id'] ?? null
    const answer = { ...responseOf(content, options), previous_response_id: previous }
    return request.body['stream'] === true ? eventStream(...eventsOf(answer)) : json(answer)
  }
}

/** A `response` object. */
export function responseOf(
  content: string | readonly Json[],
  { id = 'resp_1', reason }: ResponseOptions = {},
) {
  return {
    id,
    object: 'response',
    created_at: 1_700_000_000,
    status: reason === undefined ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    model: 'gpt-fake',
    output: typeof content === 'string' ? [said(content)] : content,
    usage,
  }
}

/** A message item with this text. */
export function said(text: string, annotations: readonly Json[] = []): Json {
  const part = { type: 'output_text', text, annotations }
  return { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [part] }
}

export const call = {
  id: 'fc_1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_1',
  name: 'weather',
  arguments: '{"place":"Oslo"}',
}

/** The events of a streamed response, framed and numbered. */
export function eventsOf(response: ReturnType<typeof responseOf>): string[] {
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  const end = response.status === 'completed' ? 'response.completed' : 'response.incomplete'
  const events: Events = [
    ['response.created', { response: begun }],
    ['response.in_progress', { response: begun }],
    ...response.output.flatMap((item, output_index) => itemEvents(item, output_index)),
    [end, { response }],
  ]
  return events.map(([type, fields], sequence_number) => event(type, { ...fields, sequence_number }))
}

/** An error in OpenAI's shape. */
export function responsesError(status: number, type: string, message: string): Action {
  return json({ error: { type, message, code: null, param: null } }, { status })
}

function itemEvents(item: Json, output_index: number): Events {
  const at = { output_index, item_id: item['id'] }
  return [
    ['response.output_item.added', { output_index, item: emptied(item) }],
    ...growth(item, at),
    ['response.output_item.done', { output_index, item }],
  ]
}

function emptied(item: Json): Json {
  const empty = { arguments: '', content: [], summary: [] }
  return Object.fromEntries(
    Object.entries(item).map(([field, value]) => [field, empty[field as keyof typeof empty] ?? value]),
  )
}

type Events = [string, Json][]

function growth(item: Json, at: Json): Events {
  switch (item['type']) {
    case 'message':
      return textGrowth((item['content'] as [Json])[0], { ...at, content_index: 0 })
    case 'function_call': {
      const type = 'response.function_call_arguments'
      return [
        ...deltas(item['arguments'], type, at),
        [`${type}.done`, { ...at, name: item['name'], arguments: item['arguments'] }],
      ]
    }
    case 'reasoning': {
      const [part] = item['summary'] as [Json]
      const place = { ...at, summary_index: 0 }
      return [
        ['response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }],
        ...deltas(part['text'], 'response.reasoning_summary_text', place),
        ['response.reasoning_summary_text.done', { ...place, text: part['text'] }],
        ['response.reasoning_summary_part.done', { ...place, part }],
      ]
    }
    default:
      return [[`response.${String(item['type'])}.searching`, at]]
  }
}

function textGrowth(part: Json, at: Json): Events {
  const notes = part['annotations'] as readonly Json[]
  return [
    ['response.content_part.added', { ...at, part: { ...part, text: '', annotations: [] } }],
    ...deltas(part['text'], 'response.output_text', at),
    ...notes.map((annotation, annotation_index): Events[number] => [
      'response.output_text.annotation.added',
      { ...at, annotation_index, annotation },
    ]),
    ['response.output_text.done', { ...at, text: part['text'] }],
    ['response.content_part.done', { ...at, part }],
  ]
}

function deltas(text: unknown, type: string, at: Json): Events {
  const pieces = String(text).match(/.{1,5}/gsu) ?? []
  return pieces.map(delta => [`${type}.delta`, { ...at, delta }])
}

const known =
  /^(model|input|instructions|stream|store|temperature|top_p|tools|tool_choice|parallel_tool_calls|text|reasoning|max_output_tokens|metadata|user|previous_response_id|include|background|truncation)$/

const items = /^(message|function_call|function_call_output|reasoning)$/

/** Finds the first fault for which the real service would refuse a request. */
function faultOf({ path, body }: ReceivedRequest): string | undefined {
  if (path !== '/v1/responses') return `no such path: ${path}`
  const stranger = Object.keys(body).find(field => !known.test(field))
  if (stranger) return `Unknown parameter: '${stranger}'.`
  const { input } = body
  if (typeof input === 'string') return undefined
  if (!Array.isArray(input)) return 'input: expected a string or items'
  const wrong = (input as Json[]).find(({ type = 'message' }) => !items.test(String(type)))
  if (wrong) return `input: unknown item ${JSON.stringify(wrong)}`
  const tools = (body['tools'] ?? []) as readonly Json[]
  return tools.some(({ type, name }) => type === 'function' && !name) ? 'tools: name is required' : undefined
}
