import t from 'tap'
import { fin, gate, hold, stream } from '../fake-provider.ts'
import { eventStream } from '../fake-messages.ts'
import { TestClock } from '../test-clock.ts'
import { dataOf, textOf } from './client.ts'
import { serve } from './serve.ts'
import type { Chunk } from '../../src/contract/index.ts'

const done = 'data: [DONE]\n\n'

function chunk(delta: object, finish: string | null = null, index = 0, more: object = {}): string {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'm' }
  const choices = [{ index, delta, finish_reason: finish, ...more }]
  return `data: ${JSON.stringify({ ...head, choices })}\n\n`
}

/** It is passed on at once, and shows that the end before it has been read. */
const judged = chunk({}, null, 0, { content_filter_results: { hate: { filtered: false } } })
const begun = chunk({ role: 'assistant', content: 'one ' })
const end = chunk({}, 'stop')

t.test('a stream whose provider keeps the connection open ends soon after its answer', async t => {
  const clock = TestClock.start(t)
  const server = await serve(t, [eventStream(begun, end, judged, hold())], {
    config: { timeouts: { idle: 50 } },
  })
  const client = server.client.open().ask({ stream: true })
  await client.hears('content_filter_results')
  t.notMatch(client.text, '"stop"')
  await clock.pass(5)
  await client.hears('[DONE]')
  t.match(client.text, '"finish_reason":"stop"')
  await server.fakes[0]!.requests[0]!.aborted
})

t.test('an answer that continues behind a reason has as long as any other', async t => {
  const clock = TestClock.start(t)
  const pause = gate()
  const pieces = [begun + end + chunk({ content: 'two ' }) + end + judged, hold(pause)]
  const rest = [chunk({ content: 'three' }), end, done]
  const server = await serve(t, [eventStream(...pieces, ...rest)], { config: { timeouts: { idle: 50 } } })
  const client = server.client.open().ask({ stream: true })
  await client.hears('content_filter_results')
  await clock.pass(20)
  pause.step()
  await client.hears('[DONE]')
  t.match(client.text, '"content":"three"')
})

t.test('a recovered stream of several choices leaves those alone that have ended', async t => {
  const broken = eventStream(
    begun,
    end,
    chunk({ role: 'assistant', content: 'first ' }, null, 1),
    chunk({ content: 'second ' }, null, 1),
    fin(),
  )
  const again = eventStream(
    chunk({ role: 'assistant', content: 'another text' }),
    end,
    chunk({ role: 'assistant', content: 'first second third' }, null, 1),
    chunk({}, 'stop', 1),
    done,
  )
  const server = await serve(t, [broken, again])
  const { text } = await server.client.ask({ stream: true, n: 2 })
  t.same(server.received, [1, 1])
  const told = dataOf(text).slice(0, -1)
  const choices = told.flatMap(data => (JSON.parse(data) as Chunk).choices)
  const of = (index: number) => choices.filter(choice => choice.index === index)
  t.equal(
    of(0)
      .map(({ delta }) => delta.content ?? '')
      .join(''),
    'one ',
  )
  t.equal(
    of(1)
      .map(({ delta }) => delta.content ?? '')
      .join(''),
    'first second third',
  )
  for (const index of [0, 1])
    t.same(
      of(index).flatMap(({ finish_reason: reason }) => reason ?? []),
      ['stop'],
    )
})

t.test('an answer that breaks is not whole because each of its chunks states a reason', async t => {
  const pieces = [chunk({ role: 'assistant', content: 'one ' }, 'stop'), chunk({ content: 'two ' }, 'stop')]
  const server = await serve(t, [eventStream(...pieces, fin()), stream(['one two three'])])
  const heard = await server.client.ask({ stream: true })
  t.equal(textOf(heard), 'one two three')
  t.equal(heard.text.match(/"finish_reason":"stop"/g)?.length, 1)
})
