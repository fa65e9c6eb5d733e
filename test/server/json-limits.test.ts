import fc from 'fast-check'
import t from 'tap'
import { measure } from '../../src/server/json-limits.ts'

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

t.test('depth is that of the parsed value, whatever the strings hold', async t => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), value => {
      const bytes = Buffer.from(JSON.stringify(value))
      const depth = depthOf(value)
      return (
        measure(bytes, depth, 1e9) === undefined &&
        (depth === 0 || measure(bytes, depth - 1, 1e9) === 'depth')
      )
    }),
  )
  t.pass()
})

t.test('brackets, commas and escaped quotes in strings do not count', async t => {
  const tricky = JSON.stringify({ a: '\\"[[[{{{,,,', 'b"]': '\\\\', c: '[' })
  t.equal(measure(Buffer.from(tricky), 1, 3), undefined)
  t.equal(measure(Buffer.from(tricky), 1, 2), 'values')
})

t.test('text that is no JSON ends the scan all the same', async t => {
  fc.assert(fc.property(fc.uint8Array(), bytes => measure(Buffer.from(bytes), 3, 3) !== null))
  t.equal(measure(Buffer.from('"\\\\\\"'), 3, 3), undefined)
})
