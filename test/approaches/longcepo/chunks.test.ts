import t from 'tap'
import { anyCharacter } from '../../any-character.ts'
import * as fc from 'fast-check'
import { chunksOf } from '../../../approaches/longcepo/chunks.ts'

const texts = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 400 }),
  fc.lorem({ mode: 'sentences', maxCount: 20 }),
  fc
    .array(fc.constantFrom('a', 'bc', ' ', '\n', '\n\n', '. ', '😀', '語'), { maxLength: 400 })
    .map(parts => parts.join('')),
)

const cutting = fc.record({
  size: fc.integer({ min: 1, max: 120 }),
  overlap: fc.integer({ min: 0, max: 60 }),
  maxChunks: fc.integer({ min: 1, max: 12 }),
})

/** Whether the chunks cover the text: each begins within the previous one, ends after it, and the last ends with the text. */
function cover(text: string, chunks: readonly string[]): boolean {
  let ends = new Set([0])
  for (const chunk of chunks) {
    const follows = (from: number): boolean => [...ends].some(end => from <= end && end < from + chunk.length)
    ends = new Set(
      Array.from({ length: text.length }, (_, at) => at)
        .filter(from => text.startsWith(chunk, from) && follows(from))
        .map(from => from + chunk.length),
    )
  }
  return ends.has(text.length)
}

t.test('contains all of a text, in no more chunks than allowed', async () => {
  fc.assert(
    fc.property(texts, cutting, (text, { size, overlap, maxChunks }) => {
      const chunks = chunksOf(text, { size, overlap, maxChunks })
      if (text.length <= size) return chunks.length === 1 && chunks[0] === text
      return chunks.length <= maxChunks && cover(text, chunks)
    }),
    { numRuns: 400, examples: [['. \n\na😀😀😀', { size: 1, overlap: 1, maxChunks: 4 }]] },
  )
})

t.test('keeps to the size if the number of chunks allows it', async () => {
  fc.assert(
    fc.property(texts, cutting, (text, { size, overlap }) => {
      return chunksOf(text, { size, overlap, maxChunks: 100_000 }).every(chunk => chunk.length <= size)
    }),
  )
})

t.test('never cuts within a character', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 9 }), (size, overlap) => {
      return chunksOf('😀'.repeat(200), { size, overlap, maxChunks: 1000 }).every(chunk =>
        chunk.isWellFormed(),
      )
    }),
  )
})

t.test('cuts between paragraphs, lines, sentences, then words', async t => {
  const size = 40
  const chunk = (text: string): string => chunksOf(text, { size, overlap: 0, maxChunks: 9 })[0]!
  t.equal(chunk(`${'x'.repeat(32)}\n\nab. c\nd e ${'y'.repeat(40)}`), `${'x'.repeat(32)}\n\n`)
  t.equal(chunk(`${'x'.repeat(32)}\na. b c ${'y'.repeat(40)}`), `${'x'.repeat(32)}\n`)
  t.equal(chunk(`${'x'.repeat(32)}. a b ${'y'.repeat(40)}`), `${'x'.repeat(32)}. `)
  t.equal(chunk(`${'x'.repeat(32)} ab ${'y'.repeat(40)}`), `${'x'.repeat(32)} ab `)
  t.equal(chunk('x'.repeat(90)), 'x'.repeat(40))
})

t.test('begins an overlap with a word', async t => {
  const [, second] = chunksOf('one two three four five six seven', { size: 20, overlap: 5, maxChunks: 9 })
  t.equal(second, 'four five six seven')
})
