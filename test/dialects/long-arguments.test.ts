import t from 'tap'
import { Blocks } from '../../src/dialects/blocks.ts'

const count = 300_000

/** The arguments of a call of which these pieces arrive one by one. */
function argumentsOf(first: string, piece: string, last: string): string {
  const blocks = new Blocks()
  const add = (text: string, start: object = {}) =>
    blocks.add({ tool_calls: [{ index: 0, ...start, function: { name: 'write', arguments: text } }] })
  add(first, { id: 'c', type: 'function' })
  for (let added = 0; added < count; added++) add(piece)
  add(last)
  blocks.end()
  return blocks.all[0]!.text
}

// Were all arguments looked at for each piece, each of these would take many minutes.
t.test('the time for long arguments that begin with space or a quote is linear', async t => {
  t.equal(argumentsOf(' ', '    ', '{}').trim(), '{}')
  t.equal(argumentsOf('"', 'abcd', '').length, 1 + 4 * count)
  t.equal(argumentsOf('"{\\"a\\":\\"', 'abcd', '\\"}"'), `{"a":"${'abcd'.repeat(count)}"}`)
})
