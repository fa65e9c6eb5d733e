import t from 'tap'
import { delta, faults, hold, stream } from '../fake-provider.ts'
import { eventsOf, eventStream } from '../fake-messages.ts'
import { dataOf, textOf } from './client.ts'
import { TestClock } from '../test-clock.ts'
import { checkedError } from './error-shape.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

for (const [name, fault] of Object.entries(faults.streamMiddle)) {
  t.test(`by default, ${name} after content is recovered by a provider that begins alike`, async t => {
    const server = await serve(t, [fault, stream(['one ', 'two'])])
    const heard = await server.client.ask({ stream: true })
    t.equal(textOf(heard), 'one two')
    t.equal(dataOf(heard.text).at(-1), '[DONE]')
    t.strictSame(server.received, [1, 1])
    t.strictSame(await recoveriesOf(server), ['{way="restart"} 1'])
  })
}

t.test('a stream that stalls after thoughts is started over by another provider', async t => {
  const stalled = stream([delta({ reasoning_content: 'Hm.' }), hold()])
  const clock = TestClock.start(t)
  const server = await serve(t, [stalled, stream(['whole'])], {
    config: { timeouts: { idle: 20 } },
  })
  const client = server.client.open().ask({ stream: true })
  await client.hears('Hm.')
  await clock.pass(20)
  await client.hears('[DONE]')
  t.match(client.text, '"content":"whole"')
  t.strictSame(await recoveriesOf(server), ['{way="start_over"} 1'])
})

t.test('the trace tells which attempt has recovered a stream, and how', async t => {
  const server = await serve(t, [faults.streamMiddle['a reset between events']!, stream(['one ', 'two'])])
  const heard = await server.client.ask({ stream: true, hulumanage_trace: true })
  const traced = dataOf(heard.text)
    .filter(data => data !== '[DONE]')
    .map(data => JSON.parse(data) as { hulumanage_trace?: object })
    .find(event => event.hulumanage_trace)
  t.match(traced, {
    hulumanage_trace: [
      {
        attempts: [
          { provider: 'a', outcome: 'upstream_truncated' },
          { provider: 'b', outcome: 'ok', recovery: 'restart' },
        ],
      },
    ],
  })
})

t.test('the deadline of a request ends the recovery of its stream, too', async t => {
  const broken = faults.streamMiddle['a reset between events']!
  const clock = TestClock.start(t)
  for (const next of [hold(), stream(['one ', hold()])]) {
    const server = await serve(t, [broken, next], { config: { timeouts: { total: 50 } } })
    const asking = server.client.ask({ stream: true })
    await server.fakes[1]!.waitFor(1)
    await clock.pass(50)
    const heard = await asking
    t.equal(textOf(heard), 'one ')
    t.match(checkedError(t, dataOf(heard.text).at(-1)!), { code: 'deadline_exceeded' })
    await server.fakes[1]!.requests[0]!.aborted
  }
})

/** The series of the metric that have counted, without its name. */
async function recoveriesOf({ client }: Served): Promise<string[]> {
  const { text } = await client.get('/metrics')
  return [...text.matchAll(/^hulumanage_stream_recoveries_total(.+ [1-9]\d*)$/gm)].map(
    ([, series]) => series!,
  )
}

t.test('a relayed stream that breaks within a packet shows nothing from behind the break', async t => {
  const text = 'one two three four five six'
  const events = eventsOf(text)
  const packet = events.toSpliced(6, 0, 'data: {"type"\n\n'.repeat(2)).slice(4).join('')
  const broken = eventStream(...events.slice(0, 4), packet)
  const server = await serve(t, [broken, stream([text])], { entries: [{ type: 'anthropic' }, {}] })
  const body = { model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const heard = await server.client.post('/v1/messages', body)
  const pieces = [...heard.text.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, piece]) => piece)
  t.equal(pieces.join(''), text)
  t.match(heard.text, /event: message_stop/)
  t.strictSame(server.received, [1, 1])
})
