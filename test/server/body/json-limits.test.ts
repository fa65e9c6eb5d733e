import fc from 'fast-check'
import t from 'tap'
import { excessOf } from '../../../src/server/body/json-limits.ts'
import { scanJson } from '../../../src/text/json/scan.ts'
import { anyCharacter } from '../../any-character.ts'

const limit = fc.integer({ min: 0, max: 8 })

t.test('a parsed body exceeds the limits that its bytes exceed', async t => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6, stringUnit: anyCharacter }),
      limit,
      limit,
      (value, depth, values) => {
        const text = JSON.stringify(value)
        const body: unknown = JSON.parse(text)
        fc.pre(excessOf(body, 1e9, 1e9) !== 'key')
        return (
          excessOf(body, depth, 1e9) === scanJson(text, depth, 1e9) &&
          excessOf(body, 1e9, values) === scanJson(text, 1e9, values)
        )
      },
    ),
  )
  t.pass()
})

/** A key as JSON may spell it: each letter as it is or escaped, in either case. */
function spellings(key: string): fc.Arbitrary<string> {
  const letters = key.split('').map(letter => {
    const code = letter.charCodeAt(0).toString(16).padStart(4, '0')
    return fc.constantFrom(letter, `\\u${code}`, `\\u${code.toUpperCase()}`)
  })
  return fc.tuple(...letters).map(spelled => `"${spelled.join('')}"`)
}

t.test('a key that reaches a prototype is found in every spelling and place', async t => {
  const reaching = fc.oneof(
    spellings('__proto__').map(key => `{${key}:1}`),
    fc.tuple(spellings('constructor'), spellings('prototype')).map(keys => `{${keys.join(':{')}:1}}`),
  )
  fc.assert(
    fc.property(reaching, fc.jsonValue({ stringUnit: anyCharacter }), (text, other) => {
      const before = JSON.stringify(other)
      const body: unknown = JSON.parse(`{"a":${before},"b":[{"c":${text}}],"d":${before}}`)
      return excessOf(body, 100, 1e9) === 'key'
    }),
  )
  t.pass()
})

t.test('words about prototypes are not keys, and a constructor alone reaches nothing', async t => {
  const schema = { properties: { constructor: { type: 'string' }, prototype: {} }, required: ['constructor'] }
  const content = 'What does {"__proto__": 1, "constructor": {}} do in JavaScript?'
  t.equal(excessOf({ messages: [{ role: 'user', content }], schema }, 100, 1e9), undefined)
})
