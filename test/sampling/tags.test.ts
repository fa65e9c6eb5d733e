import t from 'tap'
import * as fc from 'fast-check'
import { readTag, TagReader } from '../../src/sampling/tags.ts'
import type { Tag } from '../../src/sampling/tags.ts'

function spelled(pieces: readonly (string | Tag)[]): string {
  return pieces.map(piece => (typeof piece === 'string' ? piece : piece.source)).join('')
}

const scraps = fc.constantFrom(
  '<a>',
  '</A >',
  '<b>',
  '</b>',
  '<',
  '>',
  '</',
  '<a',
  'a',
  ' ',
  '\n',
  '<ab>',
  'é',
)
const texts = fc.array(scraps, { maxLength: 20 }).map(parts => parts.join(''))

t.test('finds the same tags however the text is cut, and loses no character', async t => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(8), { maxLength: 30 }), (text, lengths) => {
      const whole = new TagReader(['a', 'b'])
      const expected = [...whole.push(text), whole.end()]
      const reader = new TagReader(['a', 'b'])
      const found: (string | Tag)[] = []
      let at = 0
      for (const length of lengths) {
        found.push(...reader.push(text.slice(at, at + length)))
        at += length
      }
      found.push(...reader.push(text.slice(at)), reader.end())
      t.same(
        found.filter(piece => typeof piece !== 'string'),
        expected.filter(piece => typeof piece !== 'string'),
      )
      return spelled(found) === text
    }),
  )
})

t.test('passes text on at once, except for a possible start of a tag', async t => {
  const reader = new TagReader(['output'])
  t.same(reader.push('one <'), ['one '])
  t.same(reader.push('out'), [])
  t.same(reader.push('er> two'), ['<outer> two'])
  t.same(reader.push(' 1 < 2 and that is all'), [' 1 < 2 and that is all'])
  t.same(reader.push('<OUTPUT >x</'), [{ name: 'output', closes: false, source: '<OUTPUT >' }, 'x'])
  t.equal(reader.end(), '</')
})

t.test('reads long texts in linear time, whatever they contain', async t => {
  for (const scrap of ['<', '<a', '</', '<a ', '< a>']) {
    const text = scrap.repeat(200_000)
    const reader = new TagReader(['a', 'b'])
    t.equal(spelled([...reader.push(text), reader.end()]), text)
  }
})

t.test('reads the last tag of a name, even an unclosed one', async t => {
  for (const [text, content] of [
    ['<a> x </a>', 'x'],
    ['<A>x</A >y', 'x'],
    ['<a>x</a><a>y', 'y'],
    ['<a></a>', ''],
    ['x<a>', ''],
    ['<a>1 <b>2</b></a>', '1 <b>2</b>'],
    ['x</a>', undefined],
    ['x', undefined],
  ] as const) {
    t.equal(readTag(text, 'a'), content, text)
  }
})
