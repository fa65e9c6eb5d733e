import t from 'tap'
import * as fc from 'fast-check'
import { shorten } from '../../../../approaches/lib/asking/shorten.ts'
import { tokensIn } from '../../../../approaches/lib/asking/tokens.ts'

t.test('a text that fits stays as it is, and a longer one keeps both of its ends', async t => {
  t.equal(shorten('abcd', 1), 'abcd')
  t.equal(shorten('', 0), '')
  t.match(shorten(`begin ${'word '.repeat(1000)}end`, 20), /^begin.*\n\[\.\.\.\]\n.*end$/)
})

t.test('no text is longer than the limit, beyond the mark of the omission', async () => {
  const lengths = fc.integer({ min: 0, max: 400 })
  fc.assert(
    fc.property(fc.string({ maxLength: 4000 }), lengths, (text, tokens) => {
      const short = shorten(text, tokens)
      return tokensIn(short) <= Math.max(tokens, 2)
    }),
  )
})

t.test('a cut through a character leaves no half of it, which services refuse', async t => {
  for (const text of ['😀'.repeat(500), `a${'😀'.repeat(500)}`]) t.ok(shorten(text, 100).isWellFormed())
})
