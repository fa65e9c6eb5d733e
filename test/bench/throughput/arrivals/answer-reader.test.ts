import fc from 'fast-check'
import t from 'tap'
import { AnswerReader } from '../../../../bench/throughput/arrivals/answer-reader.ts'

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n0\r\n\r\nab'
const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n'

function refuse(reason: string): never {
  throw new Error(reason)
}

t.test('the end of an answer is found in whatever pieces it arrives', async t => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(sizes, sizes, (first, second) => {
      const reader = new AnswerReader(refuse)
      for (const [text, cuts] of [
        [whole, first],
        [chunked, second],
        [whole, second],
      ] as const) {
        const pieces = piecesOf(text, cuts)
        const ends = pieces.map(piece => reader.read(Buffer.from(piece)))
        t.same(ends, [...pieces.slice(1).map(() => false), true])
      }
    }),
    { numRuns: 200 },
  )
})

t.test('an answer that is not a 200 is refused with its text', async t => {
  const reader = new AnswerReader(refuse)
  t.throws(() => reader.read(Buffer.from('HTTP/1.1 503 Unavailable\r\n\r\nfull')), { message: /503[^]*full/ })
})

/** Cuts a text into pieces of some lengths, and the rest. */
function piecesOf(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = []
  let left = text
  for (const length of lengths) {
    if (left.length > length) {
      pieces.push(left.slice(0, length))
      left = left.slice(length)
    }
  }
  return [...pieces, left]
}
