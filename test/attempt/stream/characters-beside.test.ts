import t from 'tap'
import { Stencil } from '../../../src/attempt/stream/stencil.ts'
import { StreamProgress } from '../../../src/attempt/stream/stream-progress.ts'
import type { Chunk, Delta } from '../../../src/contract/index.ts'

const expected = { model: 'm', choices: 1 }
const head = { id: 'a', created: 1, model: 'm', provider: 'p' }
const long = 'x'.repeat(200)
const kept: readonly Delta[] = [
  { images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${long}` } }] },
  { reasoning_details: [{ type: 'reasoning.encrypted', data: long }] },
  { new_field: long },
]

function chunk(delta: Delta): Chunk {
  const choices = [{ index: 0, delta, finish_reason: null }]
  return { id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
}

t.test('what comes beside the text of a stream is limited with it, and not counted as text', async t => {
  for (const fields of kept) {
    const progress = new StreamProgress(20_000)
    const add = () => progress.add({ chunk: chunk({ content: 'a', ...fields }) }, head, expected)
    add()
    t.equal(progress.characters, 1)
    t.throws(
      () => {
        for (let count = 1; count < 100; count++) add()
      },
      { code: 'upstream_too_large' },
      Object.keys(fields)[0]!,
    )
  }
})

t.test('no frame passes unread that has more than text, and a few empty fields', async t => {
  const cut = (delta: Delta) => Stencil.cut(JSON.stringify(chunk(delta)), chunk(delta))
  for (const fields of kept) t.equal(cut({ content: 'a', ...fields }), undefined)
  t.ok(cut({ content: 'a', annotations: [], audio: null }))
})
