import t from 'tap'
import { StreamedCalls } from '../../../src/attempt/stream/streamed-calls.ts'
import type { Delta } from '../../../src/contract/index.ts'

type Pieces = NonNullable<Delta['tool_calls']>

function told(...pieces: Pieces): Pieces {
  const calls = new StreamedCalls()
  return pieces.flatMap(piece => calls.add({ tool_calls: [piece] }, false).tool_calls ?? [])
}

t.test('a call that waits for its name begins with its own type', t => {
  const custom = { name: 'p', input: 'x' }
  t.same(told({ index: 0, id: 'a', type: 'custom' }, { index: 0, custom }), [
    { index: 0, id: 'a', type: 'custom', custom },
  ])
  t.same(told({ index: 0, id: 'a' }, { index: 0, custom }), [{ index: 0, id: 'a', type: 'custom', custom }])
  const called = { name: 'f', arguments: '{"a":1}' }
  t.same(told({ index: 0, id: 'a', type: 'builtin_function' }, { index: 0, function: called }), [
    { index: 0, id: 'a', type: 'builtin_function', function: called },
  ])
  t.same(told({ index: 0, id: 'a' }, { index: 0, function: called }), [
    { index: 0, id: 'a', type: 'function', function: called },
  ])
  t.end()
})
