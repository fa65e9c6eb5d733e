import t from 'tap'
import { ToolCalls } from '../../src/chat/tool-calls.ts'
import type { CallPiece } from '../../src/chat/tool-calls.ts'

/** The calls that pieces make. */
function whole(...pieces: readonly CallPiece[]) {
  const calls = new ToolCalls()
  for (const piece of pieces) calls.add(piece)
  return calls.whole()
}

const custom = { name: 'a', input: 'x' }

t.test('a custom call without id and index is one of its own', t => {
  t.match(whole({ type: 'custom', custom }, { index: 0, id: 'f', function: { name: 'g' } }), [
    { type: 'custom', custom, function: undefined },
    { id: 'f', type: 'function', function: { name: 'g' }, custom: undefined },
  ])
  t.match(
    whole({ index: 0, id: 'f', function: { name: 'g', arguments: '{}' } }, { type: 'custom', custom }),
    [
      { id: 'f', custom: undefined },
      { type: 'custom', custom },
    ],
  )
  t.end()
})

t.test('the input of a custom call without id and index comes in pieces', t => {
  const more = { custom: { input: 'y' } }
  t.match(whole({ type: 'custom', custom }, more, { custom: { name: 'a', input: 'z' } }), [
    { custom: { name: 'a', input: 'xyz' } },
  ])
  t.equal(whole({ type: 'custom', custom }, more, { custom: { name: 'b', input: 'z' } }).length, 2)
  t.end()
})

t.test('a signature that comes before its call belongs to it', t => {
  const extra_content = { google: { thought_signature: 'c2ln' } }
  t.match(whole({ extra_content }, { index: 0, id: 'f', function: { name: 'g' } }), [
    { id: 'f', extra_content },
  ])
  t.end()
})
