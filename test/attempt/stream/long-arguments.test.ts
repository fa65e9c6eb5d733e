import t from 'tap'
import { StreamProgress } from '../../../src/attempt/stream/stream-progress.ts'
import type { Chunk } from '../../../src/contract/index.ts'

const count = 300_000
const expected = { model: 'm', choices: 1 }
const head = { id: 'a', created: 1, model: 'm', provider: 'p' }

function chunk(args: string, call: object = {}): Chunk {
  const pieces = [{ index: 0, ...call, function: { arguments: args } }]
  const choices = [{ index: 0, delta: { tool_calls: pieces }, finish_reason: null }]
  return { id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
}

// Were all arguments looked at for each piece, this would take many minutes.
t.test('the time for the pieces of long arguments is linear', async t => {
  const progress = new StreamProgress(Infinity)
  progress.add({ chunk: chunk('{"text":"', { id: 'c', type: 'function' }) }, head, expected)
  const before = progress.characters
  const piece = { chunk: chunk('abcd') }
  for (let added = 0; added < count; added++) progress.add(piece, head, expected)
  t.equal(progress.characters - before, count * 'abcd'.length)
})
