import fc from 'fast-check'
import t from 'tap'
import { scanJson } from '../../src/server/json-scan.ts'

const exceededLimit = (...args: Parameters<typeof scanJson>) => scanJson(...args).exceeded

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
        exceededLimit(bytes, depth, 1e9) === undefined &&
        (depth === 0 || exceededLimit(bytes, depth - 1, 1e9) === 'depth')
      )
    }),
  )
  t.pass()
})

t.test('brackets, commas and escaped quotes in strings do not count', async t => {
  const tricky = JSON.stringify({ a: '\\"[[[{{{,,,', 'b"]': '\\\\', c: '[' })
  t.equal(exceededLimit(Buffer.from(tricky), 1, 3), undefined)
  t.equal(exceededLimit(Buffer.from(tricky), 1, 2), 'values')
})

t.test('quotes and backslashes anywhere in a long string do not end it', async t => {
  const text = fc.string({ unit: fc.constantFrom('\\', '"', '[', 'a'), minLength: 50, maxLength: 300 })
  fc.assert(
    fc.property(text, text, (padding, tricky) => {
      const bytes = Buffer.from(JSON.stringify([padding.replaceAll(/[\\"]/g, 'a') + tricky, [tricky]]))
      return exceededLimit(bytes, 2, 3) === undefined && exceededLimit(bytes, 1, 3) === 'depth'
    }),
  )
  t.pass()
})

t.test('text that is not JSON still ends the scan', async t => {
  fc.assert(fc.property(fc.uint8Array(), bytes => exceededLimit(Buffer.from(bytes), 3, 3) !== null))
  t.equal(exceededLimit(Buffer.from('"\\\\\\"'), 3, 3), undefined)
})

/** A key as JSON may spell it: each letter as it is or escaped, in either case. */
function spellings(key: string): fc.Arbitrary<string> {
  const letters = key.split('').map(letter => {
    const code = letter.charCodeAt(0).toString(16).padStart(4, '0')
    return fc.constantFrom(letter, `\\u${code}`, `\\u${code.toUpperCase()}`)
  })
  return fc.tuple(...letters).map(spelled => `"${spelled.join('')}"`)
}

t.test('a key that reaches a prototype is suspect in every spelling and place', async t => {
  const keys = fc.oneof(spellings('__proto__'), spellings('constructor'))
  const space = fc.constantFrom('', ' ', '\n')
  fc.assert(
    fc.property(keys, space, fc.jsonValue({ stringUnit: 'binary' }), (key, gap, other) => {
      const before = JSON.stringify(other)
      const text = `{"a":${before},"b":[{${key}${gap}:${before}}]}`
      const { b } = JSON.parse(text) as { b: [object] }
      const isKey = /^(?:__proto__|constructor)$/.test(Object.keys(b[0]).join(''))
      return isKey && scanJson(Buffer.from(text), 100, 1e9).isSuspect
    }),
  )
  t.pass()
})

t.test('a usual conversation is not suspect, whatever its prompts quote', async t => {
  const text = JSON.stringify({
    model: 'gpt-5',
    messages: [
      { role: 'user', content: 'What does {"__proto__": 1, "constructor": {}} do in JavaScript?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_abcdefgh', type: 'function' }] },
    ],
  })
  t.notOk(scanJson(Buffer.from(text), 100, 1e9).isSuspect)
})
