import t from 'tap'
import { Stencil } from '../../../src/attempt/stream/stencil.ts'
import { StreamProgress } from '../../../src/attempt/stream/stream-progress.ts'
import type { Chunk, ChunkChoice } from '../../../src/contract/index.ts'

const expected = { model: 'm', choices: 1 }
const head = { id: 'a', created: 1, model: 'm', provider: 'p' }
const long = 'x'.repeat(200)
const kept: readonly Partial<ChunkChoice>[] = [
  { delta: { images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${long}` } }] } },
  { delta: { reasoning_details: [{ type: 'reasoning.encrypted', data: long }] } },
  { delta: { new_field: long } },
  { logprobs: { content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [{ token: long }] }] } },
]

function chunk({ delta, ...fields }: Partial<ChunkChoice>): Chunk {
  const choices = [{ index: 0, delta: { content: 'a', ...delta }, finish_reason: null, ...fields }]
  return { id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
}

t.test('what comes beside the text of a stream is limited with it, and not counted as text', async t => {
  for (const fields of kept) {
    const progress = new StreamProgress(20_000)
    const add = () => progress.add({ chunk: chunk(fields) }, head, expected)
    add()
    t.equal(progress.characters, 1)
    t.throws(
      () => {
        for (let count = 1; count < 100; count++) add()
      },
      { code: 'upstream_too_large' },
      JSON.stringify(fields),
    )
  }
})

t.test('no frame passes unread that has more than text, and a few empty fields', async t => {
  const cut = (fields: Partial<ChunkChoice>) => Stencil.cut(JSON.stringify(chunk(fields)), chunk(fields))
  for (const fields of kept) t.equal(cut(fields), undefined)
  t.ok(cut({ delta: { annotations: [], audio: null }, logprobs: null }))
})
