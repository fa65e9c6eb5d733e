import t from 'tap'
import type { Test } from 'tap'
import { delta, reset, stream } from '../../../fake-provider.ts'
import type { Action, Script } from '../../../fake-provider.ts'
import { event, eventsOf as messageEvents, eventStream } from '../../../fake-messages.ts'
import { eventsOf as responseEvents, call as itemOfCall, responseOf, said } from '../../../fake-responses.ts'
import { dataOf } from '../../../matrix/client.ts'
import { serve } from '../../../matrix/serve.ts'
import { answerViolations } from '../../../strict/index.ts'

type Json = Readonly<Record<string, unknown>>

const tools = { place: { type: 'string' } }
const schema = { type: 'object', properties: tools }

/** A dialect with the events of one answer: thoughts, a text, and a call. */
interface Side {
  readonly dialect: 'messages' | 'responses'
  readonly entry: object
  readonly body: Json
  readonly events: readonly string[]
  /** Number of events after which a part of the end is shown. */
  readonly end: number
}

const messagesSide: Side = {
  dialect: 'messages',
  entry: { type: 'anthropic' },
  body: {
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Say hello' }],
    tools: [{ name: 'weather', input_schema: schema }],
  },
  events: messageEvents([
    { type: 'thinking', thinking: 'Hm, hello.', signature: 'c2ln' },
    { type: 'text', text: 'Hello there, world' },
    { type: 'tool_use', id: 'call_1', name: 'weather', input: { place: 'Oslo' } },
  ]),
  end: 2,
}

const responsesSide: Side = {
  dialect: 'responses',
  entry: { api: 'responses' },
  body: {
    input: 'Say hello',
    store: false,
    tools: [{ type: 'function', name: 'weather', parameters: schema, strict: false }],
  },
  events: responseEvents(
    responseOf([
      { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm, hello.' }] },
      said('Hello there, world'),
      itemOfCall,
    ]),
  ),
  end: 1,
}

const called = (args: string, fields: object = {}) =>
  delta({ tool_calls: [{ index: 0, ...fields, function: { arguments: args } }] })

/** The same answer by a service that speaks chat, in other pieces. */
const again = stream(
  [
    delta({ reasoning_content: 'Let me think.' }),
    'Hel',
    'lo there, w',
    'orld',
    delta({
      tool_calls: [{ index: 0, id: 'other', type: 'function', function: { name: 'weather', arguments: '' } }],
    }),
    called('{"pl'),
    called('ace":"Oslo"}'),
  ],
  { finish: 'tool_calls' },
)

/** Asks a server whose first provider speaks the dialect of the client, and reads the stream to its end. */
async function askNative(
  t: Test,
  { dialect, entry, body }: Side,
  scripts: readonly Script[],
  more: object = {},
) {
  const server = await serve(t, scripts, { entries: [entry] })
  const path = dialect === 'messages' ? '/v1/messages' : '/v1/responses'
  const heard = await server.client.post(path, { model: 'm', stream: true, ...body, ...more })
  return { server, text: heard.text, status: heard.status }
}

/** The text and the arguments of calls that a client has read. */
function saidIn(text: string): {
  readonly text: string
  readonly args: string
} {
  const events = dataOf(text).map(data => JSON.parse(data) as Json)
  const deltas = events.map(
    ({ type, delta }) => (typeof delta === 'string' ? { type, text: delta } : delta) as Json,
  )
  const joined = (type: string, field: string) =>
    deltas.map(each => (each?.['type'] === type ? String(each[field]) : '')).join('')
  return {
    text: joined('text_delta', 'text') + joined('response.output_text.delta', 'text'),
    args:
      joined('input_json_delta', 'partial_json') + joined('response.function_call_arguments.delta', 'text'),
  }
}

for (const side of [messagesSide, responsesSide]) {
  const { dialect, events, end } = side

  for (let shown = 3; shown <= events.length - end; shown++)
    t.test(
      `${dialect}: a relayed stream that breaks after ${shown} events is written to its end`,
      async t => {
        const broken = eventStream(...events.slice(0, shown), reset())
        const { server, text } = await askNative(t, side, [broken, again])
        t.same(answerViolations(dialect, text), [])
        const heard = saidIn(text)
        t.equal(heard.text, 'Hello there, world')
        t.equal(heard.args, '{"place":"Oslo"}')
        t.same(server.received, [1, 1])
        if (dialect === 'messages') t.match(text, /"stop_reason":"tool_use"/)
        else t.match(finalOf(text), { output_text: 'Hello there, world', calls: ['{"place":"Oslo"}'] })
      },
    )

  t.test(`${dialect}: the request of a rest is translated for the service that writes it`, async t => {
    const { server } = await askNative(t, side, [eventStream(...events.slice(0, 5), reset()), again])
    t.match(server.fakes[1]!.requests[0]!.body, {
      messages: [{ role: 'user' }],
      tools: [{ type: 'function' }],
    })
  })

  t.test(`${dialect}: an answer that departs from what was relayed is never shown`, async t => {
    const broken = eventStream(...events.slice(0, events.length - 10), reset())
    const { text } = await askNative(t, side, [broken, stream(['Another answer'])], {
      hulumanage_stream_recovery: 'restart',
    })
    t.notMatch(text, /Another/)
    t.match(text, /"type":"error"/)
  })
}

/** The texts and the arguments in the last event of a response. */
function finalOf(text: string): { readonly output_text: string; readonly calls: readonly unknown[] } {
  const { response } = JSON.parse(dataOf(text).at(-1)!) as { response: { output: readonly Json[] } }
  const parts = response.output.flatMap(({ type, content }) =>
    type === 'message' ? (content as Json[]) : [],
  )
  return {
    output_text: parts.map(part => String(part['text'])).join(''),
    calls: response.output.flatMap(item => item['arguments'] ?? []),
  }
}

const searched: Action = eventStream(
  ...messageEvents('Hello there').slice(0, 2),
  event('content_block_start', {
    index: 0,
    content_block: { type: 'server_tool_use', id: 's', name: 'web_search' },
  }),
  event('content_block_stop', { index: 0 }),
  event('content_block_start', { index: 1, content_block: { type: 'text', text: 'Hello' } }),
  reset(),
)

t.test('a stream with the work of a tool that runs at the service is not written by another', async t => {
  const { server, text } = await askNative(t, messagesSide, [searched, again])
  t.match(text, /"type":"error"/)
  t.same(server.received, [1, 0])
})

t.test('a relayed stream that continues is continued by a service of the same API, too', async t => {
  const rest = eventStream(...messageEvents('Hello there, world'))
  const broken = eventStream(...messageEvents('Hello there').slice(0, 4), reset())
  const server = await serve(t, [broken, rest], { entries: [messagesSide.entry, messagesSide.entry] })
  const { text } = await server.client.post('/v1/messages', {
    model: 'm',
    stream: true,
    ...messagesSide.body,
  })
  t.same(answerViolations('messages', text), [])
  t.equal(saidIn(text).text, 'Hello there, world')
})

t.test('a relayed response with a sign of life is written to its end, too', async t => {
  const { events } = responsesSide
  const at = events.findIndex(text => text.includes('output_text.delta')) + 1
  const alive = event('keepalive', { sequence_number: at })
  const broken = eventStream(...events.slice(0, at), alive, alive, reset())
  const { text } = await askNative(t, responsesSide, [broken, again])
  t.match(text, /"type":"keepalive"/)
  t.same(answerViolations('responses', text), [])
  t.match(finalOf(text), { output_text: 'Hello there, world', calls: ['{"place":"Oslo"}'] })
})

t.test('a relayed response that fails has the items so far, once each', async t => {
  const { events } = responsesSide
  const end = events.findIndex(text => text.includes('response.output_item.done')) + 1
  const rest = stream([delta({ reasoning_content: 'Yes.' }), 'Hello', reset()])
  for (const [recovery, shown, items] of [
    ['off', end, ['Hm, hello.']],
    ['off', end + 2, ['Hm, hello.', 'incomplete: ']],
    ['off', end + 3, ['Hm, hello.', 'incomplete: Hello']],
    ['continue', end, ['Hm, hello.', 'Yes.', 'incomplete: Hello']],
  ] as const) {
    const broken = eventStream(...events.slice(0, shown), reset())
    const more = { hulumanage_stream_recovery: recovery }
    const { text } = await askNative(t, responsesSide, [broken, rest], more)
    t.same(answerViolations('responses', text), [])
    const { type, response } = JSON.parse(dataOf(text).at(-1)!) as { type: string; response: Json }
    t.equal(type, 'response.failed')
    t.same((response['output'] as readonly Json[]).map(textOfItem), items)
  }
})

function textOfItem({ status, summary, content }: Json): string {
  const [part] = (content ?? summary) as readonly Json[]
  return `${status === 'incomplete' ? 'incomplete: ' : ''}${(part?.['text'] ?? '') as string}`
}
