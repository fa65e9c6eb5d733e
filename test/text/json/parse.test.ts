import fc from 'fast-check'
import t from 'tap'
import { isTooDeep, jsonOrUndefined, parseJson } from '../../../src/text/json/parse.ts'

t.test('JSON has the value that the parser of the language gives it', async t => {
  fc.assert(
    fc.property(fc.json(), text => t.same(parseJson(text), JSON.parse(text))),
    { numRuns: 200 },
  )
  t.equal(jsonOrUndefined('{"a":'), undefined)
})

// Without the limit, each of these ends the process on Node 26.10.
t.test('a text that is nested too deeply is refused, however it ends', async t => {
  for (const level of ['[1,', '{"a":1,"b":[1,', '["abc",', '[[],'])
    for (const end of ['the answer', '"', '1e', 'nul', ''])
      for (let round = 0; round < 30; round++)
        t.throws(() => parseJson(level.repeat(12_000) + end), SyntaxError)
})

t.test('brackets that open no level do not count', async t => {
  const inText = JSON.stringify(`"\\${'[{'.repeat(10_000)}`)
  const sideBySide = `[${Array.from({ length: 10_000 }, () => '[{}]').join()}]`
  for (const text of [inText, sideBySide, '['.repeat(4_000) + ']'.repeat(4_000)]) {
    t.equal(isTooDeep(text), false)
    t.doesNotThrow(() => parseJson(text))
  }
  t.equal(isTooDeep('['.repeat(4_001)), true)
})
