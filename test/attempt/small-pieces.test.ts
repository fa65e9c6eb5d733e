import t from 'tap'
import { readModelList } from '../../src/attempt/models/model-list.ts'
import { UsageReader } from '../../src/attempt/passed/usage-reader.ts'

/** A body in pieces of a byte, of which all but the first few are read into the same memory. */
function* bytesOf(body: object): Generator<Buffer> {
  const whole = Buffer.from(JSON.stringify(body))
  const shared = Buffer.alloc(1)
  for (const [index, byte] of whole.entries()) {
    if (index < 16) yield whole.subarray(index, index + 1)
    else {
      shared[0] = byte
      yield shared
    }
  }
}

t.test('a body in small pieces is copied, so that it takes as much memory as it has bytes', async t => {
  const models = Array.from({ length: 20 }, (_, index) => `model-${index}`)
  async function* body(): AsyncGenerator<Buffer> {
    yield* bytesOf({ data: models.map(id => ({ id })) })
  }
  t.strictSame(await readModelList(body()), models)

  const reader = new UsageReader({ 'content-type': 'application/json' })
  for (const piece of bytesOf({ usage: { prompt_tokens: 12, completion_tokens: 34 } })) reader.add(piece)
  t.match(reader.usage, { prompt_tokens: 12, completion_tokens: 34 })
})
