import fc from 'fast-check'
import t from 'tap'
import { endOfValue, scanJson } from '../../../src/text/json/scan.ts'
import { anyCharacter } from '../../any-character.ts'

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

t.test('depth is that of the parsed value, whatever the strings hold', async t => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: anyCharacter }), value => {
      const text = JSON.stringify(value)
      const depth = depthOf(value)
      return (
        scanJson(text, depth, 1e9) === undefined &&
        (depth === 0 || scanJson(text, depth - 1, 1e9) === 'depth')
      )
    }),
  )
  t.pass()
})

t.test('brackets, commas and escaped quotes in strings do not count', async t => {
  const tricky = JSON.stringify({ a: '\\"[[[{{{,,,', 'b"]': '\\\\', c: '[' })
  t.equal(scanJson(tricky, 1, 3), undefined)
  t.equal(scanJson(tricky, 1, 2), 'values')
})

t.test('quotes and backslashes anywhere in a long string do not end it', async t => {
  const text = fc.string({ unit: fc.constantFrom('\\', '"', '[', 'a'), minLength: 50, maxLength: 300 })
  fc.assert(
    fc.property(text, text, (padding, tricky) => {
      const json = JSON.stringify([padding.replaceAll(/[\\"]/g, 'a') + tricky, [tricky]])
      return scanJson(json, 2, 3) === undefined && scanJson(json, 1, 3) === 'depth'
    }),
  )
  t.pass()
})

t.test('text that is not JSON still ends the scan', async t => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), text =>
      ['depth', 'values', undefined].includes(scanJson(text, 3, 3)),
    ),
  )
  t.equal(scanJson('"\\\\\\"', 3, 3), undefined)
})

t.test(
  'a value ends at the bracket that closes it, whatever its strings hold and whatever follows',
  async t => {
    const container = fc.jsonValue({ maxDepth: 6, stringUnit: anyCharacter }).map(value => [value])
    fc.assert(
      fc.property(container, fc.constantFrom('', ' and more', ']', '{"'), (value, rest) => {
        const text = JSON.stringify(value)
        const depth = depthOf(value)
        return (
          endOfValue(text + rest, depth) === text.length &&
          endOfValue(text, depth - 1) === undefined &&
          endOfValue(text.slice(0, -1), depth) === undefined
        )
      }),
    )
    for (const text of ['', '"[]"', 'a []', ']', '["', '["\\"]'])
      t.equal(endOfValue(text, 9), undefined, text)
  },
)
