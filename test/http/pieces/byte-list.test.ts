import t from 'tap'
import { ByteList } from '../../../src/http/pieces/byte-list.ts'

function listOf(pieces: readonly Uint8Array[]): ByteList {
  const list = new ByteList()
  for (const piece of pieces) list.add(piece)
  return list
}

t.test('the bytes are those that came, in their order, whatever their pieces', async t => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251))
  for (const sizes of [[1], [7, 40_000], [16 * 1024], [16 * 1024 - 1, 2], [1, 1, 16 * 1024 + 1], [200_000]]) {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const end = at + sizes[pieces.length % sizes.length]!
      pieces.push(bytes.subarray(at, end))
      at = end
    }
    const list = listOf(pieces)
    t.equal(list.length, bytes.length)
    t.ok(list.whole().equals(bytes), sizes.join())
    list.add(Buffer.from('more'))
    t.ok(list.whole().equals(Buffer.concat([bytes, Buffer.from('more')])), sizes.join())
  }
  t.equal(listOf([]).whole().length, 0)
  t.equal(
    listOf([new Uint8Array([104, 105])])
      .whole()
      .toString(),
    'hi',
  )
})

t.test('a body of few pieces is not copied', async t => {
  const piece = Buffer.from('all')
  t.equal(listOf([piece]).whole(), piece)
})

t.test('a body in small pieces is copied, and keeps none of them but the first', async t => {
  const pieces = Array.from({ length: 1_000 }, () => Buffer.alloc(1))
  const list = listOf(pieces)
  for (const piece of pieces) piece.fill(1)
  const kept = list.whole().reduce((sum, byte) => sum + byte, 0)
  t.ok(kept < 20, `${kept} pieces`)
})
