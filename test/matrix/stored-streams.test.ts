import t from 'tap'
import { flood, head, hold, sequence, write } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { event } from '../fake-messages.ts'
import { eventsOf, responseOf, responses } from '../fake-responses.ts'
import { TestClock } from '../test-clock.ts'
import { canaries, serve } from './serve.ts'

const stream = head(200, { 'content-type': 'text/event-stream' })
const first = eventsOf(responseOf('Hello there'))[0]!
const whole = eventsOf(responseOf('Hello there')).join('')

/** Streams of a stored response that never end by themselves. */
const endless: Readonly<Record<string, Action>> = {
  'silence after the head': sequence(stream, hold()),
  'comments alone': sequence(stream, flood(`: ${'.'.repeat(50_000)}\n\n`)),
  'silence after an event': sequence(stream, write(first), hold()),
  'an event without an end': sequence(stream, write('data: "'), hold()),
}

for (const [what, action] of Object.entries(endless)) {
  t.test(`the stream of a stored response ends within its time: ${what}`, async t => {
    const server = await serve(t, [[responses(), action]], {
      config: { timeouts: { idle: 0.3 } },
      entries: [{ api: 'responses' }],
    })
    const path = `/v1/responses/${await stored(server)}?stream=true`
    const heard = await server.client.get(path).catch(() => undefined)
    if (heard) t.match([heard.status, heard.text], [504, /upstream_timeout/], 'nothing had been sent')
    await server.fakes[0]!.requests[1]!.aborted
    t.ok(server.log.some(line => line.includes('upstream_timeout')))
  })
}

t.test('the stream of a stored response may take no longer than any answer', async t => {
  const clock = TestClock.start(t)
  const ticking = sequence(
    stream,
    flood(event('response.in_progress', { response: responseOf('.'.repeat(50_000)) })),
  )
  const server = await serve(t, [[responses(), ticking]], {
    config: { timeouts: { total: 50 } },
    entries: [{ api: 'responses' }],
  })
  const lines = [
    `GET /v1/responses/${await stored(server)}?stream=true HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${canaries.client}`,
  ]
  const reader = server.client.open().send([...lines, '', ''].join('\r\n'))
  await reader.hears('response.in_progress')
  await clock.pass(50)
  t.notMatch(await reader.whole(), /\r\n0\r\n\r\n$/, 'it breaks off')
  await server.fakes[0]!.requests[1]!.aborted
})

t.test('an event of a stored response may be no longer than any answer', async t => {
  const growing = sequence(stream, write('data: "'), flood('x'.repeat(50_000)))
  const server = await serve(t, [[responses(), growing]], {
    config: { limits: { response_bytes: 1_000_000 } },
    entries: [{ api: 'responses' }],
  })
  const { status, text } = await server.client.get(`/v1/responses/${await stored(server)}?stream=true`)
  t.match([status, text], [502, /an event of more than 1000000 characters/])
  await server.fakes[0]!.requests[1]!.aborted
})

t.test('the stream of a stored response is told event by event', async t => {
  const server = await serve(t, [[responses(), sequence(stream, write(whole))]], {
    entries: [{ api: 'responses' }],
  })
  const { status, text } = await server.client.get(`/v1/responses/${await stored(server)}?stream=true`)
  t.equal(status, 200)
  t.match(text, /Hello there[^]*response\.completed/)
})

async function stored({ client }: Awaited<ReturnType<typeof serve>>): Promise<string> {
  const { text } = await client.post('/v1/responses', { model: 'm', input: 'Hello' })
  return (JSON.parse(text) as { id: string }).id
}
