import t from 'tap'
import type { ResponsesEvent } from '../../../src/providers/responses/read-event.ts'
import { RelayedResponse } from '../../../src/providers/responses/relayed/relayed-events.ts'

const ping = { type: 'ping' }
const delta = (sequence_number: number) => ({
  type: 'response.output_text.delta',
  sequence_number,
  delta: 'x',
})
const created = { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', output: [] } }
const completed = { ...created, type: 'response.completed', sequence_number: 1 }

/** The types and numbers of the events that a client gets for these. */
function told(isResumed: boolean, ...events: readonly ResponsesEvent[]) {
  const relayed = new RelayedResponse('m', isResumed)
  return events
    .flatMap(event => relayed.take(event))
    .map(({ type, sequence_number: number }) => `${number} ${type.replace('response.', '')}`)
}

for (const isResumed of [false, true]) {
  const which = isResumed ? 'a resumed stream' : 'a stream'
  t.test(`in ${which} no sign of life follows the end`, async t => {
    t.same(told(isResumed, created, completed, ping, { ...ping, sequence_number: 2 }), [
      '0 created',
      '1 completed',
    ])
  })

  t.test(`in ${which} a sign of life without a number leaves those of the service as they are`, async t => {
    t.same(told(isResumed, created, ping, completed), ['0 created', '1 completed'])
  })
}

t.test('a resumed stream has the numbers of its service, whatever comes first', async t => {
  t.same(told(true, ping, delta(42), ping, delta(43)), ['42 output_text.delta', '43 output_text.delta'])
  const numbered = { ...ping, sequence_number: 42 }
  t.same(told(true, numbered, delta(43)), ['42 keepalive', '43 output_text.delta'])
})

t.test('a numbered sign of life is relayed under the name that clients know', async t => {
  const numbered = { ...ping, sequence_number: 1 }
  t.same(told(false, numbered, created, numbered, { ...completed, sequence_number: 2 }), [
    '0 created',
    '1 keepalive',
    '2 completed',
  ])
})
