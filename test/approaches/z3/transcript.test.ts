import t from 'tap'
import { Transcript } from '../../../approaches/z3/transcript.ts'
import type { RunEnd } from '../../../approaches/z3/transcript.ts'

function outcome(answers: readonly (readonly [string, string])[], end: RunEnd = 'done') {
  const transcript = new Transcript()
  for (const [name, answer] of answers) transcript.add({ name, line: 1, text: `(${name})` }, answer)
  return transcript.outcome(end)
}

const error = '(error "line 1 column 2: it is wrong")'

t.test('a verdict is a result, and so is a value', async t => {
  t.same(
    outcome([
      ['assert', ''],
      ['check-sat', 'sat\n'],
      ['get-model', '(x 3)\n'],
    ]),
    { output: 'sat\n(x 3)' },
  )
  t.same(outcome([['check-sat', 'unsat']]), { output: 'unsat' })
  t.same(outcome([['simplify', '3']]), { output: '3' })
})

t.test('asking for values that do not exist is not a fault', async t => {
  for (const command of ['get-model', 'get-value', 'get-objectives', 'get-unsat-core']) {
    const answers = [
      ['check-sat', 'unsat'],
      [command, error],
    ] as const
    t.equal(outcome(answers).fault, undefined, command)
  }
  t.equal(
    outcome([
      ['check-sat', 'sat'],
      ['get-unsat-core', error],
    ]).fault,
    undefined,
  )
  t.equal(outcome([['echo', error]]).fault, undefined)
})

t.test('other errors are faults, and name their command', async t => {
  t.match(outcome([['assert', error]]).fault, `${error}\n; in (assert)`)
  t.match(outcome([['get-value', error]]).fault, error)
  t.match(
    outcome([
      ['check-sat', 'sat'],
      ['get-value', error],
    ]).fault,
    /\(get-value\)/,
  )
  t.match(
    outcome([
      ['check-sat', 'sat'],
      ['check-sat', error],
    ]).fault,
    /\(check-sat\)/,
  )
})

t.test('a run without a result is a fault, with the reason', async t => {
  t.match(outcome([['check-sat', 'unknown\n(:reason-unknown "incomplete")\n']]).fault, /unknown .*incomplete/)
  t.match(outcome([]).fault, /prints nothing/)
  t.match(outcome([['assert', '']]).fault, /prints nothing/)
  for (const [end, said] of [
    ['time', /time limit/],
    ['memory', /memory limit/],
    ['crash', /broke down/],
  ] as const) {
    t.match(outcome([], end).fault, said)
    t.same(outcome([['check-sat', 'sat']], end).fault, undefined, 'earlier results stay')
    t.match(outcome([['check-sat', 'sat']], end).output, said)
  }
})

t.test('output and faults are bounded', async t => {
  const long = 'x'.repeat(60_000)
  t.ok(outcome([['check-sat', `sat\n${long}`]]).output.length < 17_000)
  t.ok((outcome([['assert', `${error}${long}`]]).fault ?? '').length < 17_000)
  const many = Array.from({ length: 500 }, () => ['assert', error] as const)
  t.equal(outcome(many).fault?.split('\n').length, 20)
})
