import t from 'tap'
import { answer, error } from '../fake-provider.ts'
import { freePort } from '../fake-provider/ports.ts'
import { Collector, valueOf } from '../server/otel/collector.ts'
import { serve } from './serve.ts'
import type { Served, ServeOptions } from './serve.ts'

async function traced(
  t: Parameters<typeof serve>[0],
  scripts: Parameters<typeof serve>[1],
  more: ServeOptions = {},
) {
  const collector = new Collector()
  const port = await collector.listen(t)
  const otel = { endpoint: `http://127.0.0.1:${port}`, headers: { 'x-key': 'k' } }
  const server = await serve(t, scripts, { ...more, config: { ...more.config, otel } })
  return { collector, server }
}

const client = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const traceparent = (flags: string) => ({ traceparent: `00-${client.traceId}-${client.spanId}-${flags}` })

t.test(
  'a request is a trace with a span for the call and each attempt, in the trace of its client',
  async t => {
    const { collector, server } = await traced(t, [error(500), answer('fine')])
    await server.client.ask({ model: 'm' }, traceparent('01'))
    const [root, call, first, second, ...others] = await collector.received(4)
    t.same(others, [])
    t.match(root, {
      traceId: client.traceId,
      parentSpanId: client.spanId,
      name: 'POST /v1/chat/completions',
      kind: 2,
    })
    t.match(call, { traceId: client.traceId, parentSpanId: root!.spanId, kind: 1 })
    t.match(first, { name: 'chat m', kind: 3, parentSpanId: call!.spanId, status: { code: 2 } })
    t.match(second, { name: 'chat m', kind: 3, parentSpanId: call!.spanId, status: { code: 0 } })
    t.equal(valueOf(first!, 'error.type'), 'upstream_error')
    t.equal(valueOf(first!, 'http.response.status_code'), '500')
    t.equal(valueOf(second!, 'gen_ai.operation.name'), 'chat')
    t.equal(valueOf(second!, 'gen_ai.provider.name'), 'openai')
    t.equal(valueOf(second!, 'hulumanage.provider'), 'b')
    t.match(valueOf(second!, 'gen_ai.usage.input_tokens'), /^\d+$/)
    t.equal(valueOf(root!, 'http.response.status_code'), '200')
    t.ok(BigInt(root!.endTimeUnixNano) >= BigInt(root!.startTimeUnixNano))
    for (const fake of server.fakes)
      t.equal(fake.requests[0]!.headers['traceparent'], `00-${client.traceId}-${root!.spanId}-01`)
    t.match(collector.headers, [{ 'x-key': 'k', 'content-type': 'application/json' }])
  },
)

t.test('the steps of a chain are spans above their calls, and no span has text of either side', async t => {
  const { collector, server } = await traced(t, [answer('the secret answer')])
  // Two drafts that agree are merged; more of them would be the answer.
  await server.client.ask({ model: 'moa-m', hulumanage_params: { moa: { n: 2 } } })
  const root = (await collector.received(1))[0]!
  const spans = collector.spans.filter(({ traceId }) => traceId === root.traceId)
  const ids = new Set(spans.map(each => each.spanId))
  t.ok(spans.length > 3)
  t.ok(
    spans.slice(1).every(each => ids.has(each.parentSpanId!)),
    'each has its parent',
  )
  t.ok(spans.some(each => String(valueOf(each, 'hulumanage.path')).includes('moa.')))
  t.notMatch(collector.bodies.join(), /secret answer|Say /)
})

t.test('a client decides whether its trace is recorded, and providers hear of that', async t => {
  const { collector, server } = await traced(t, [answer()])
  await server.client.ask({}, traceparent('00'))
  await server.client.ask({}, traceparent('01'))
  const [root] = await collector.received(2)
  t.equal(collector.spans.length, 2)
  t.equal(server.fakes[0]!.requests[1]!.headers['traceparent'], `00-${client.traceId}-${root!.spanId}-01`)
  t.match(server.fakes[0]!.requests[0]!.headers['traceparent'], /-00$/)
})

t.test('a client without a key fills no trace', async t => {
  const { collector, server } = await traced(t, [answer()])
  const refused = await server.client.ask({}, { ...traceparent('01'), authorization: 'Bearer wrong' })
  t.equal(refused.status, 401)
  await server.client.ask()
  // The traces of one second are sent together, in the order of their requests.
  const [root] = await collector.received(2)
  t.equal(valueOf(root!, 'http.response.status_code'), '200')
  t.notOk(collector.spans.some(({ traceId }) => traceId === client.traceId))
})

function linesOf({ log }: Served, words: string): readonly string[] {
  return log.filter(line => line.includes(words))
}

t.test('a collector that is down harms no request, and is logged once until it is back', async t => {
  const port = await freePort()
  const otel = { endpoint: `http://127.0.0.1:${port}/` }
  const server = await serve(t, [answer()], { config: { otel } })
  for (let round = 0; round < 2; round++) {
    t.equal((await server.client.ask()).status, 200)
    while (linesOf(server, 'collector of traces cannot be reached').length === 0)
      await new Promise(setImmediate)
  }
  await new Collector().listen(t, port)
  while (linesOf(server, 'collector of traces is back').length === 0) {
    await server.client.ask()
    await new Promise(setImmediate)
  }
  t.equal(linesOf(server, 'collector of traces cannot be reached').length, 1)
})

t.test('without a collector in the configuration, providers get no trace of the client', async t => {
  const server = await serve(t, [answer()])
  await server.client.ask({}, traceparent('01'))
  t.notOk('traceparent' in server.fakes[0]!.requests[0]!.headers)
})
