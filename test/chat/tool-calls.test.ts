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

t.test('blanks around arguments make no other call of them', t => {
  const made = (args: string) => ({ index: 0, id: 'c', function: { name: 'f', arguments: args } })
  t.equal(whole(made('{"a":1}\n'), made(' {"a":1}'), made('{"a":1}')).length, 1)
  t.equal(whole(made('{"a":1}\n'), made('{"a":2}')).length, 2)
  t.match(whole(made('{}'), made('{"a":1}')), [{ function: { arguments: '{"a":1}' } }])
  t.end()
})

// Were all arguments looked at for each piece, this would take many minutes.
t.test('the time for pieces that could begin another call is linear', t => {
  const calls = new ToolCalls()
  calls.add({ index: 0, function: { name: 'f', arguments: '{"text":"' } })
  const piece = { index: 0, function: { name: 'f', arguments: '{}{}' } }
  for (let added = 0; added < 300_000; added++) calls.add(piece)
  t.equal(calls.all[0]!.arguments.length, 9 + 300_000 * 4)
  t.equal(calls.all.length, 1)
  t.end()
})
