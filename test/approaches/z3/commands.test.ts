import t from 'tap'
import * as fc from 'fast-check'
import { readCommands } from '../../../approaches/z3/commands.ts'

t.test('splits a program at its outermost parentheses, and keeps every character', async t => {
  const program = `; a puzzle ( with "noise |
(declare-const |a (b| Int)
(assert (= |a (b| 3)) ; )
(echo "say ""(hi)"" ; |")(check-sat)
(get-value (|a (b|))`
  const { commands, faults } = readCommands(program)
  t.same(faults, [])
  t.same(
    commands.map(({ name, line }) => [name, line]),
    [
      ['declare-const', 2],
      ['assert', 3],
      ['echo', 4],
      ['check-sat', 4],
      ['get-value', 5],
    ],
  )
  t.equal(commands.map(({ text }) => text).join(''), program)
})

t.test('finds the commands of any program made of them', async () => {
  const word = fc.constantFrom('x', '12', '-', 'Int', '|a ) b|', '"(; ""q"""', '#b101', ':named')
  const term = fc.letrec<{ term: string }>(tie => ({
    term: fc.oneof(
      { depthSize: 'small' },
      word,
      fc.array(tie('term'), { maxLength: 3 }).map(parts => `(${parts.join(' ')})`),
    ),
  })).term
  const name = fc.constantFrom('assert', 'check-sat', 'get-value', 'define-fun')
  const gap = fc.constantFrom('', '\n', ' ', '; it | "\n', '\r\n')
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, name, fc.array(term, { maxLength: 4 }))), parts => {
      const program = parts
        .map(([before, head, terms]) => `${before}(${[head, ...terms].join(' ')})`)
        .join('')
      const { commands, faults } = readCommands(program)
      const names = commands.map(command => command.name)
      return (
        faults.length === 0 &&
        names.join() === parts.map(([, head]) => head).join() &&
        commands.map(({ text }) => text).join('') === program
      )
    }),
  )
})

t.test('refuses commands that read or write files, and all unknown ones', async t => {
  for (const [program, fault] of [
    ['(include "/etc/passwd")', /line 1: the command include is not available/],
    ['(|include| "/dev/stdin")', /the command \|include\|/],
    ['(check-sat)\n\n( ; well\ninclude "x")', /line 3: the command include/],
    ['(set-option :regular-output-channel "out.txt")', /line 1: the option :regular-output-channel/],
    ['(set-option :diagnostic-output-channel "out.txt")', /the option :diagnostic-output-channel/],
    ['(set-option :|regular-output-channel| "out.txt")', /the option :/],
    ['(set-option\n:smt.dump_benchmarks true)', /line 1: the option/],
    ['(set-option :memory_max_size 9999)', /the option :memory_max_size/],
    ['(set-option)', /the option {2}is/],
    ['(query p :print_aig x)', /the command query/],
    ['(get-info :version)(help)', /the command help/],
    ['()', /the command {2}is/],
    ['((check-sat))', /the command {2}is/],
  ] as const) {
    t.match(readCommands(program).faults, [fault], program)
  }
})

t.test('reports where a program is truncated or malformed', async t => {
  for (const [program, fault] of [
    ['(assert\n(> x 1)', /line 1: the parenthesis that opens here/],
    ['(check-sat)\n\n(assert (> x 1)', /line 3: the parenthesis/],
    ['(check-sat))', /line 1: a closing parenthesis too many/],
    ['(check-sat)\nSo x is 3.', /line 2: a command was expected, not So/],
    ['(echo "a)', /line 1: the string/],
    ['\n(assert |a)', /line 2: the quoted symbol/],
    ['(assert |a\\|) (include "x") (|)', /the quoted symbol/],
    ['(echo "a" #| x | y |# ) (include "f") (echo |)|)', /comments begin with a semicolon/],
  ] as const) {
    t.match(readCommands(program).faults, [fault], program)
  }
  t.same(readCommands('').commands, [])
  t.same(readCommands('; nothing').faults, [])
})

t.test('handles any text, and never passes a command that is not on the list', async t => {
  const pieces = fc.constantFrom('(', ')', '"', '|', ';', '\n', '#|', '|#', '\\', 'include', 'assert', ' ')
  const known = new Set(['assert'])
  fc.assert(
    fc.property(fc.array(pieces), parts => {
      const { commands, faults } = readCommands(parts.join(''))
      return faults.length > 0 || commands.every(({ name }) => known.has(name))
    }),
  )
  t.equal(readCommands('('.repeat(200_000)).faults.length, 1)
})

t.test('reads programs of up to 200,000 characters, and tells the first 100 faults', async t => {
  const long = '(check-sat)'.padEnd(200_000)
  t.same(readCommands(long).faults, [])
  t.match(readCommands(`${long} `), { commands: [], faults: [/200001 characters; 200000 are allowed/] })
  t.equal(readCommands('(help)'.repeat(99)).faults.length, 99)
  t.equal(readCommands('(help)'.repeat(1000)).faults.length, 100)
})
