import t from 'tap'
import { traceContextOf } from '../../../src/server/otel/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const never = () => false

t.test('the trace of a client is taken over, with its decision to sample', async t => {
  const context = traceContextOf(`00-${traceId}-${parentId}-01`, never)
  t.match(context, { traceId, parentId, sampled: true })
  t.match(context.spanId, /^[\da-f]{16}$/)
  t.not(context.spanId, parentId)
  t.equal(context.traceparent, `00-${traceId}-${context.spanId}-01`)
  t.equal(traceContextOf(`00-${traceId}-${parentId}-00`, () => true).sampled, false)
  t.match(
    traceContextOf(`cc-${traceId}-${parentId}-01-more`, never),
    { traceId, sampled: true },
    'a later version',
  )
})

t.test('a header that is not valid begins a new trace', async t => {
  for (const header of [
    undefined,
    '',
    ['x'],
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId}-${parentId}`,
  ]) {
    const context = traceContextOf(header, () => true)
    t.match(context, { parentId: undefined, sampled: true }, String(header))
    t.match(context.traceId, /^[\da-f]{32}$/)
    t.not(context.traceId, traceId)
  }
})
