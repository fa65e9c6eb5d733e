import fc from 'fast-check'
import { parseEnv } from 'node:util'
import t from 'tap'
import { parseDotenv } from '../../src/config/dotenv.ts'

t.test('a value in braces needs no quotes, over any number of lines', async t => {
  const text = `A="x,y"
SERVICE_ENDPOINTS={
  "openai": [
    "https://a/v1",
    "https://b/{id}/v1#x"
  ],
  "it's": []
}
export B={"inner": {"c": 1}}
C='{
  "d": 1
}'
`
  const { A, B, C, SERVICE_ENDPOINTS } = parseDotenv(text)
  t.equal(A, 'x,y')
  t.same(JSON.parse(SERVICE_ENDPOINTS!), { openai: ['https://a/v1', 'https://b/{id}/v1#x'], "it's": [] })
  t.same(JSON.parse(B!), { inner: { c: 1 } })
  t.same(JSON.parse(C!), { d: 1 })
})

t.test('an unclosed brace changes nothing else', async t => {
  t.match(parseDotenv('A={\nB=2\n'), { A: '{', B: '2' })
})

t.test('any JSON object is read unchanged, beside other variables', async t => {
  const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 2 }))
  const withoutQuotes = object.filter(value => !/['`\r]/.test(JSON.stringify(value)))
  fc.assert(
    fc.property(withoutQuotes, fc.boolean(), (value, isLong) => {
      const json = JSON.stringify(value, undefined, isLong ? 2 : undefined)
      const found = parseDotenv(`BEFORE=1\nVALUE=${json}\nAFTER="2"\n`)
      t.equal(found['VALUE'], json)
      t.equal(found['BEFORE'], '1')
      t.equal(found['AFTER'], '2')
    }),
    { numRuns: 50 },
  )
})

t.test('files without braces are read as Node reads them', async t => {
  for (const text of ['', 'A=1 # no\n', "A='{'\nB=`}`\n", 'A="${B}"\n']) {
    t.same(parseDotenv(text), parseEnv(text), text)
  }
})

t.test('a # within a value is part of it, and a quote may be escaped', async t => {
  t.same(
    parseDotenv('A=a#b\nB=a # c\nC=#c\nD="a \\"b\\" # c"\nE=\'a\\"b\' # c\nexport F = x \r\nG="C:\\dir"\n'),
    {
      A: 'a#b',
      B: 'a',
      C: '',
      D: 'a "b" # c',
      E: 'a\\"b',
      F: 'x',
      G: 'C:\\dir',
    },
  )
})

t.test('a line of a quoted value is part of that value', async t => {
  t.same(parseDotenv('\ufeffA="one\nB=2\n"\nC=3'), { A: 'one\nB=2\n', C: '3' })
})
