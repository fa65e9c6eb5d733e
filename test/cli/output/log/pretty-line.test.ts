import fc from 'fast-check'
import t from 'tap'
import { prettyLine } from '../../../../src/cli/output/log/pretty-line.ts'

const time = new Date(2026, 0, 2, 3, 4, 5, 6).getTime()
const line = (facts: object) => `${JSON.stringify({ level: 30, time, ...facts, msg: 'request' })}\n`

t.test('a line has time, level, message and facts', async t => {
  const facts = { client: 'ann', model: 'two words', failed: [{ provider: 'a', status: 500 }] }
  t.equal(
    prettyLine(line(facts), false),
    '03:04:05.006 INFO  request client=ann model="two words" failed=[{"provider":"a","status":500}]\n',
  )
})

t.test('an error shows its stack below', async t => {
  const pretty = prettyLine(line({ level: 50, err: { message: 'no', stack: 'Error: no\n    at f' } }), false)
  t.equal(pretty, '03:04:05.006 ERROR request\n    Error: no\n        at f\n')
})

t.test('colors appear only if they are wanted', async t => {
  t.match(prettyLine(line({}), true), '\u{1b}[32mINFO ')
  t.notMatch(prettyLine(line({}), false), '\u{1b}')
})

t.test('what is not JSON is left as it is', async t => {
  t.equal(prettyLine('half a line', false), 'half a line')
})

t.test('no text of a client reaches the terminal as a control character, or as another line', async () => {
  const anyText = fc.string({ unit: fc.nat(0xffff).map(code => String.fromCharCode(code)) })
  fc.assert(
    fc.property(anyText, anyText, (key, value) => {
      const pretty = prettyLine(line({ [`k${key}`]: value, model: value }), false)
      return !/[\p{Cc}\p{Cf}]/u.test(pretty.slice(0, -1))
    }),
  )
})
