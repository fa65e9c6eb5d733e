import t from 'tap'
import { json, stream } from '../fake-provider.ts'
import { messages } from '../fake-messages.ts'
import { responses } from '../fake-responses.ts'
import { hello } from './client.ts'
import { price, pricedAnswer as whole, usage } from './priced-answer.ts'
import { serve } from './serve.ts'

const entries = [{ price }]
const always = { costs: { in_answers: 'always' as const } }
const never = { costs: { in_answers: 'never' as const } }

const streamed = stream(['fine "usage":{} ', 'indeed'], { usage })

const bodies: Record<string, object> = {
  '/v1/chat/completions': { ...hello, stream_options: undefined },
  '/v1/completions': { model: 'm', prompt: 'hi' },
  '/v1/messages': { ...hello, max_tokens: 10 },
  '/v1/responses': { model: 'm', input: 'hi' },
}

interface Answer {
  readonly usage?: { readonly cost?: number | null; readonly cost_details?: object }
  readonly response?: Answer
}

/** The costs in the events of a stream, or in a whole answer. */
function costsIn(text: string): (number | null)[] {
  const data = text.startsWith('{')
    ? [text]
    : [...text.matchAll(/^data: (\{.*)$/gm)].map(([, line = '']) => line)
  return data.flatMap(line => {
    const answer = JSON.parse(line) as Answer
    const { cost } = answer.usage ?? answer.response?.usage ?? {}
    return cost === undefined ? [] : [cost]
  })
}

function streaming(path: string): object {
  const isChat = path.endsWith('completions')
  return { ...bodies[path], stream: true, ...(isChat && { stream_options: { include_usage: true } }) }
}

t.test('with `always`, every format has the cost once, in the usage of its end', async t => {
  for (const path of Object.keys(bodies)) {
    const server = await serve(t, [[whole, streamed]], { config: always, entries })
    t.same(costsIn((await server.client.post(path, bodies[path]!)).text), [2], path)
    const { text } = await server.client.post(path, streaming(path))
    t.same(costsIn(text), [2], `${path}, streamed`)
    t.ok(text.indexOf('indeed') < text.indexOf('"cost"'), 'after all text')
  }
})

t.test(
  "with `always`, so has an answer in a service's own format, with its cached tokens at their price",
  async t => {
    const cached = { input: 1000, output: 0, cached_input: 100, cache_write: 2000 }
    const entry = { type: 'anthropic', price: cached }
    const server = await serve(t, [messages('fine')], { config: always, entries: [entry] })
    // 7 tokens of the prompt, 20 read from the cache, and 100 written to it.
    const usd = 0.209
    t.same(costsIn((await server.client.post('/v1/messages', bodies['/v1/messages']!)).text), [usd])
    t.same(costsIn((await server.client.post('/v1/messages', streaming('/v1/messages'))).text), [usd])
  },
)

t.test('with `always`, a cost that is unknown is null', async t => {
  const server = await serve(t, [[whole, streamed]], { config: always })
  t.same(costsIn((await server.client.ask()).text), [null])
  t.same(costsIn((await server.client.ask({ stream: true, stream_options: { include_usage: true } })).text), [
    null,
  ])
})

t.test('by default, an answer that is relayed keeps its bytes', async t => {
  const server = await serve(t, [[whole, streamed]], { entries })
  t.same(costsIn((await server.client.ask()).text), [])
  t.same(
    costsIn((await server.client.ask({ stream: true, stream_options: { include_usage: true } })).text),
    [],
  )
})

t.test('by default, an answer that this server writes has its cost if that is known', async t => {
  const server = await serve(t, [[whole, streamed]], { entries })
  t.same(costsIn((await server.client.post('/v1/messages', bodies['/v1/messages']!)).text), [2])
  t.same(costsIn((await server.client.post('/v1/messages', streaming('/v1/messages'))).text), [2])
  const unpriced = await serve(t, [[whole]])
  t.same(costsIn((await unpriced.client.post('/v1/messages', bodies['/v1/messages']!)).text), [])
  const silent = await serve(t, [[whole]], { config: never, entries })
  t.same(costsIn((await silent.client.post('/v1/messages', bodies['/v1/messages']!)).text), [])
})

t.test('the cost of an approach is that of all its calls, with what was wasted beside it', async t => {
  const server = await serve(t, [[whole, whole, whole, whole]], { entries })
  const { text } = await server.client.ask({ model: 'bon-m', hulumanage_params: { bon: { n: 2 } } })
  const { usage: used } = JSON.parse(text) as Answer
  t.same(used?.cost, 4, 'both candidates agree, so that nothing is graded')
  t.same(used?.cost_details, { wasted_usd: 2 })
})

t.test('a stream without usage has no cost but in its last comment', async t => {
  const server = await serve(t, [stream(['fine'])], { config: always, entries })
  const { text } = await server.client.ask({ stream: true })
  t.same(costsIn(text), [])
  t.match(text, /: hulumanage .*"cost":/)
})

t.test(
  'a client that asks for usage in the way of OpenRouter gets it with the cost, whoever answers',
  async t => {
    const asking = { usage: { include: true }, stream_options: undefined }
    for (const type of ['openai', 'anthropic'] as const) {
      const answers = type === 'openai' ? [[whole, streamed]] : [messages('fine')]
      const server = await serve(t, answers, { entries: [{ type, price }] })
      for (const path of ['/v1/chat/completions', '/v1/completions'])
        for (const stream of [false, true]) {
          const { text } = await server.client.post(path, { ...bodies[path], ...asking, stream })
          t.equal(costsIn(text).length, 1, `${type}, ${path}, ${stream ? 'streamed' : 'whole'}`)
        }
      for (const { body } of server.fakes[0]!.requests) t.notOk('usage' in body)
    }
  },
)

t.test("so does one whose answer is relayed in a service's own format", async t => {
  const services = {
    '/v1/messages': [messages('fine'), { type: 'anthropic', price }],
    '/v1/responses': [responses('fine'), { api: 'responses', price }],
  } as const
  for (const [path, [answer, entry]] of Object.entries(services)) {
    const server = await serve(t, [answer], { entries: [entry] })
    for (const stream of [false, true])
      for (const asking of [{ usage: { include: true } }, { extra_body: { usage: { include: true } } }, {}]) {
        const { text } = await server.client.post(path, { ...bodies[path], ...asking, stream })
        const costs = Object.keys(asking).length > 0 ? 1 : 0
        t.equal(costsIn(text).length, costs, `${path}, ${stream ? 'streamed' : 'whole'}`)
      }
    for (const { body } of server.fakes[0]!.requests) t.notOk('usage' in body)
  }
})

t.test('so does one that asks for embeddings', async t => {
  const data = [{ object: 'embedding', index: 0, embedding: [1, 2] }]
  const counts = { prompt_tokens: 1000, total_tokens: 1000 }
  const server = await serve(t, [json({ object: 'list', model: 'm', data, usage: counts })], { entries })
  const asking = { model: 'm', input: 'hi', usage: { include: true } }
  t.same(costsIn((await server.client.post('/v1/embeddings', asking)).text), [1])
  t.notOk('usage' in server.fakes[0]!.requests[0]!.body)
})

t.test(
  'a cost that is asked for is left out if it is unknown, and if the configuration refuses it',
  async t => {
    const asking = { usage: { include: true } }
    for (const options of [{}, { entries, config: never }]) {
      const server = await serve(t, [[whole, streamed]], options)
      const { text } = await server.client.ask(asking)
      t.match(JSON.parse(text), { usage: { ...usage, cost: undefined } })
      const events = (await server.client.ask({ ...asking, stream: true })).text
      t.match(events, /"usage":\{"prompt_tokens":1000/)
      t.same([...costsIn(text), ...costsIn(events)], [])
    }
  },
)

t.test('usage that a client does not want with its stream is left out', async t => {
  const server = await serve(t, [[streamed]], { entries })
  const { text } = await server.client.ask({ stream: true, usage: { include: false } })
  t.notMatch(text.replaceAll('"usage":null', ''), /"usage":\{"prompt/)
})
