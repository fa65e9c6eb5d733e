import fc from 'fast-check'
import t from 'tap'
import { canonical, digest } from '../../../plugins/cache/canonical.ts'

/** The same data with the keys of every object in a different order. */
function reordered(value: unknown, order: number): unknown {
  if (Array.isArray(value)) return value.map(item => reordered(item, order))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, field]) => [name, reordered(field, order + 1)] as const)
  const turn = entries.length > 0 ? order % entries.length : 0
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].toReversed())
}

const json = fc.jsonValue().map(value => JSON.parse(JSON.stringify(value)) as unknown)

t.test('the order of keys does not count', async () => {
  fc.assert(
    fc.property(json, fc.nat(20), (value, order) => canonical(reordered(value, order)) === canonical(value)),
  )
})

t.test('the text parses back into the original data, so unequal data never has equal text', async t => {
  fc.assert(
    fc.property(json, value => {
      t.strictSame(JSON.parse(canonical(value)), value)
    }),
  )
})

t.test('the order of lists, types and nesting count', async t => {
  const different = [
    [1, 2],
    [2, 1],
    [[1], 2],
    ['1', 2],
    { a: 1 },
    { a: '1' },
    { a: null },
    {},
    [],
    null,
    '',
    0,
  ]
  t.equal(new Set(different.map(canonical)).size, different.length)
})

t.test('numbers count as JSON prints them, and undefined fields are ignored', async t => {
  t.equal(canonical({ b: 1, a: -0, c: undefined, d: 1e21 }), '{"a":0,"b":1,"d":1e+21}')
  t.equal(canonical(JSON.parse('{"t": 0.70, "n": 10e-1}')), '{"n":1,"t":0.7}')
})

t.test('a key may have any name', async t => {
  t.equal(canonical(JSON.parse('{"__proto__": {"z": 1, "a": 2}}')), '{"__proto__":{"a":2,"z":1}}')
})

t.test('a digest is a complete SHA-256', async t => {
  t.match(digest(['a']), /^[0-9a-f]{64}$/)
})

t.test('two lists have the same digest only if they are equal', async () => {
  const lists = fc.array(
    fc.option(fc.string({ unit: fc.constantFrom('a', ';', '-', '1', 'é') }), { nil: undefined }),
  )
  fc.assert(
    fc.property(lists, lists, (one, other) => {
      const same = one.length === other.length && one.every((text, index) => text === other[index])
      return (digest(one) === digest(other)) === same
    }),
    { numRuns: 2000 },
  )
})

t.test('the boundaries between texts count', async t => {
  t.not(digest(['ab', 'c']), digest(['a', 'bc']))
  t.not(digest(['', 'a']), digest(['a', '']))
  t.not(digest([undefined]), digest(['']))
  t.not(digest([]), digest([undefined]))
})
