import { head, json, sequence, write } from './fake-provider.ts'
import type { Action, ReceivedRequest } from './fake-provider.ts'

type Json = Readonly<Record<string, unknown>>

export interface MessageOptions {
  readonly stop?: string
  readonly usage?: Json
}

/** Usage as Anthropic reports it: 100 tokens written to the cache, 20 read from it, 7 not cached. */
export const usage = {
  input_tokens: 7,
  cache_creation_input_tokens: 100,
  cache_read_input_tokens: 20,
  output_tokens: 5,
}

/**
 * A provider that speaks Messages: whole or streamed, as requested, and as strict as the real one about headers, turns
 * and unknown fields. A string is one block of text.
 */
export function messages(content: string | readonly Json[] = 'ok', options: MessageOptions = {}): Action {
  return ({ request }) => {
    const wrong = faultOf(request)
    if (wrong) return messagesError(400, 'invalid_request_error', wrong)
    if (request.body['stream'] === true) return eventStream(...eventsOf(content, options))
    return json(messageOf(content, options))
  }
}

/** A `message` object. */
export function messageOf(content: string | readonly Json[], options: MessageOptions = {}): Json {
  return { ...headOf(), content: blocks(content), stop_reason: stopOf(content, options), usage, ...options }
}

/** The events of a streamed message, framed; their usage grows. */
export function eventsOf(content: string | readonly Json[], options: MessageOptions = {}): string[] {
  const start = { ...usage, output_tokens: 1 }
  const { output_tokens } = usage
  return [
    event('message_start', { message: { ...headOf(), content: [], stop_reason: null, usage: start } }),
    event('ping', {}),
    ...blocks(content).flatMap(blockEvents),
    event('message_delta', {
      delta: { stop_reason: stopOf(content, options), stop_sequence: null },
      usage: options.usage ?? { output_tokens },
    }),
    event('message_stop', {}),
  ]
}

/** One event, framed. */
export function event(type: string, fields: Json): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

/** A stream of these parts in order: events are sent as they are, actions are performed. */
export function eventStream(...parts: readonly (string | Action)[]): Action {
  return sequence(
    head(200, { 'content-type': 'text/event-stream; charset=utf-8', 'transfer-encoding': 'chunked' }),
    ...parts.map(part => (typeof part === 'string' ? write(part) : part)),
  )
}

/** An error in Anthropic's shape. */
export function messagesError(status: number, type: string, message: string): Action {
  return json({ type: 'error', error: { type, message }, request_id: 'req_1' }, { status })
}

function headOf(): Json {
  return { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-fake' }
}

function blocks(content: string | readonly Json[]): readonly Json[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

function stopOf(content: string | readonly Json[], { stop }: MessageOptions): string {
  return stop ?? (blocks(content).some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn')
}

function blockEvents(block: Json, index: number): string[] {
  const { start, deltas } = partsOf(block)
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas.map(delta => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ]
}

function partsOf(block: Json): { start: Json; deltas: Json[] } {
  const cut = (text: unknown) => String(text).match(/.{1,5}/gsu) ?? []
  switch (block['type']) {
    case 'text':
      return {
        start: { type: 'text', text: '' },
        deltas: [
          ...[(block['citations'] ?? []) as Json[]]
            .flat()
            .map(citation => ({ type: 'citations_delta', citation })),
          ...cut(block['text']).map(text => ({ type: 'text_delta', text })),
        ],
      }
    case 'thinking':
      return {
        start: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          ...cut(block['thinking']).map(thinking => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature: block['signature'] },
        ],
      }
    case 'tool_use': {
      const input = JSON.stringify(block['input'])
      const pieces = input === '{}' ? [] : cut(input)
      return {
        start: { ...block, input: {} },
        deltas: ['', ...pieces].map(partial_json => ({ type: 'input_json_delta', partial_json })),
      }
    }
    default:
      return { start: block, deltas: [] }
  }
}

const known =
  /^(model|max_tokens|messages|system|stream|temperature|top_p|top_k|stop_sequences|tools|tool_choice|metadata|thinking|output_config|service_tier)$/

/** Finds the first fault for which the real service would refuse a request. */
function faultOf({ path, headers, body }: ReceivedRequest): string | undefined {
  if (path !== '/v1/messages') return `no such path: ${path}`
  if (!headers['anthropic-version']) return 'anthropic-version: header is required'
  if (!headers['x-api-key'] === !headers['authorization'])
    return 'x-api-key or authorization: one of the two is required'
  const stranger = Object.keys(body).find(field => !known.test(field))
  if (stranger) return `${stranger}: Extra inputs are not permitted`
  if (typeof body['max_tokens'] !== 'number') return 'max_tokens: Field required'
  const turns = body['messages'] as readonly { role: string; content: readonly Json[] }[]
  for (const [index, { role, content }] of turns.entries()) {
    if (role !== (index % 2 === 0 ? 'user' : 'assistant')) return `messages.${index}: roles must alternate`
    if (content.length === 0) return `messages.${index}: must have non-empty content`
  }
  return undefined
}
