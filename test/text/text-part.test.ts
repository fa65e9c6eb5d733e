import fc from 'fast-check'
import t from 'tap'
import { anyCharacter } from '../any-character.ts'
import { clipParts, margin, withoutMargin } from '../../src/text/text-part.ts'
import type { TextPart } from '../../src/text/text-part.ts'

const parts = fc.array(
  fc.record({ role: fc.constant('user'), text: fc.string({ unit: anyCharacter, maxLength: 3_000 }) }),
  {
    minLength: 1,
    maxLength: 8,
  },
)

function kept(given: readonly TextPart[], max: number): TextPart[] {
  return clipParts(given, max).map(withoutMargin)
}

function textOf(given: readonly TextPart[]): string {
  return given.map(({ text }) => text).join('')
}

t.test('parts that fit are kept as they are', async t => {
  const given = [
    { role: 'user', text: 'a'.repeat(400) },
    { role: 'tool', text: 'b' },
  ]
  t.same(kept(given, 500), given)
})

t.test(
  'longer ones keep their beginning and, above all, their end, and say how much is left out',
  async t => {
    const given = [
      { role: 'system', text: 'a'.repeat(1_000) },
      { role: 'user', text: 'b'.repeat(1_000) },
      { role: 'user', text: 'c'.repeat(100) },
    ]
    const [first, second, third] = kept(given, 400)
    t.match(first, { role: 'system', text: /^a{84}$/, left_out: 1_000 - 84 + (1_000 - 168) })
    t.match(second, { role: 'user', text: /^b{168}$/ })
    t.same(third, given[2])
  },
)

t.test('a text that is cut in its middle has both of its ends', async t => {
  const text = `${'a'.repeat(5_000)}${'b'.repeat(5_000)}`
  const [head, tail] = kept([{ role: 'user', text }], 1_000)
  t.equal(head!.text, 'a'.repeat(234))
  t.equal(tail!.text, 'b'.repeat(734))
  t.equal(head!.left_out, 10_000 - 234 - 734)
})

t.test('clipped parts hold at most the maximum, and no half of a character', async t => {
  const isBounded = (given: readonly TextPart[], max: number): boolean => {
    const clipped = kept(given, max)
    const text = textOf(clipped)
    const leftOut = clipped.reduce((sum, { left_out: count = 0 }) => sum + count, 0)
    // A half of a character at a cut is left out beside the rest.
    const missing = textOf(given).length - text.length - leftOut
    const isWhole = !textOf(given).isWellFormed() || clipped.every(part => part.text.isWellFormed())
    return text.length <= max && missing >= 0 && missing <= 2 && isWhole
  }
  t.doesNotThrow(() => fc.assert(fc.property(parts, fc.integer({ min: 200, max: 5_000 }), isBounded)))
})

t.test('a cut part reaches beyond its cut until it is redacted', async t => {
  const secret = 'secret-'.repeat(20)
  const text = `${'x'.repeat(200)}${secret}${'y'.repeat(2_000)}`
  const sent = clipParts([{ role: 'user', text }], 1_000)
  t.ok(sent[0]!.text.includes(secret))
  t.equal(sent[0]!.text.length, 234 + margin)
  const redacted = sent.map(part => ({ ...part, text: part.text.replaceAll(secret, '[secret]') }))
  t.notMatch(textOf(redacted.map(withoutMargin)), 'secret-')
})
