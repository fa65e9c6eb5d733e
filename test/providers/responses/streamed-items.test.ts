import t from 'tap'
import type { ResponsesEvent } from '../../../src/providers/responses/read-event.ts'
import { StreamedItems } from '../../../src/providers/responses/relayed/streamed-items.ts'

function piece(place: number, delta: string, part = 0): ResponsesEvent {
  const at = { output_index: place, content_index: part }
  return { type: 'response.output_text.delta', ...at, delta }
}

/** Items with an open message at each of these places. */
function messagesAt(...places: readonly number[]): StreamedItems {
  const items = new StreamedItems()
  for (const place of places) items.add(place, { type: 'message', id: `msg_${place}`, content: [] })
  return items
}

const mebibyte = 'x'.repeat(1024 * 1024)

t.test('an open item is whole up to 1 MiB of text, and no longer', async t => {
  const items = messagesAt(0, 1)
  items.grow(piece(0, mebibyte))
  t.match(items.whole(0), { status: 'completed', content: [{ text: mebibyte }] })
  items.grow(piece(0, 'x'))
  items.grow(piece(0, 'more'))
  t.throws(() => items.whole(0), { message: /within an item/ })
  items.grow(piece(1, mebibyte))
  t.match(items.whole(1), { content: [{ text: mebibyte }] }, 'the other has its room')
})

t.test('items that have ended take no room from those that follow', async t => {
  const items = messagesAt(0, 1)
  items.grow(piece(0, mebibyte))
  items.delete(0)
  items.grow(piece(1, mebibyte))
  t.match(items.whole(1), { content: [{ text: mebibyte }] })
})

t.test('a message has a limited number of parts', async t => {
  const items = messagesAt(0)
  for (let part = 0; part < 64; part++) items.grow(piece(0, 'x', part))
  items.grow(piece(0, 'y', 63))
  t.equal(items.whole(0).content?.length, 64)
  items.grow(piece(0, 'x', 64))
  t.throws(() => items.whole(0), { message: /within an item/ })
})
