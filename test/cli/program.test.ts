import { CommanderError } from 'commander'
import t from 'tap'
import type { Test } from 'tap'
import { commandNames } from '../../src/cli/definitions.ts'
import { exitCodeOf, explain } from '../../src/cli/exit.ts'
import { readArguments } from '../../src/cli/program.ts'
import type { Flag } from '../../src/config/flags/flags.ts'
import { HulumanageError } from '../../src/contract/index.ts'

const bonFlag: Flag = {
  name: 'bon-n',
  aliases: ['best-of-n'],
  environment: [],
  path: ['steps', 'bon', 'n'],
  type: 'number',
  help: 'Candidates',
  default: 3,
}
const quietFlag: Flag = { ...bonFlag, name: 'bon-quick', aliases: [], type: 'boolean', default: true }
const stepFlags = [bonFlag, quietFlag]

/** Reads a command line that is refused or only prints; returns the output and the exit code. */
function refusal(t: Test, argv: string[], flags: readonly Flag[] | undefined = stepFlags) {
  const capture = (stream: NodeJS.WriteStream) =>
    t.capture(stream, 'write', (() => true) as typeof stream.write)
  const [out, err] = [capture(process.stdout), capture(process.stderr)]
  let code: number | undefined
  try {
    readArguments(argv, flags)
  } catch (error) {
    code = exitCodeOf(error)
  }
  const text = [...out(), ...err()].map(({ args }) => String(args[0])).join('')
  out.restore()
  err.restore()
  return { code, text }
}

t.test('an option before the command is refused with the order that works', async t => {
  t.same(refusal(t, ['--port', '0', 'check']), {
    code: 2,
    text: 'error: the command comes first, then its options: hulumanage check ...\n(see hulumanage --help)\n',
  })
  t.match(refusal(t, ['serve', 'cheese']), {
    code: 2,
    text: /^error: too many arguments for 'serve', which takes none: cheese/,
  })
  t.match(readArguments(['--approach', 'check'], stepFlags), { values: { approach: 'check' } })
})

t.test('serves when no command is named', async t => {
  t.same(readArguments(['--port', '0'], stepFlags), {
    command: 'serve',
    arguments: [],
    values: { port: '0' },
  })
  t.equal(readArguments([], stepFlags).command, 'serve')
})

t.test('accepts flags with underscores and under their aliases', async t => {
  const { values } = readArguments(
    ['--base_url', 'http://a', '--best_of_n=5', '--log_level', 'debug'],
    stepFlags,
  )
  t.same(values, { baseUrl: 'http://a', bonN: '5', log: 'debug' })
})

t.test('collects lists from repeated flags and commas', async t => {
  t.same(readArguments(['--api-key', 'a', '--api-key', 'b,c'], stepFlags).values, { apiKey: 'a,b,c' })
})

t.test('returns only the values of the command line, not defaults', async t => {
  t.same(readArguments(['serve'], stepFlags).values, {})
  t.same(readArguments(['--no-bon-quick', '--insecure'], stepFlags).values, {
    bonQuick: false,
    insecure: true,
  })
})

t.test('ignores flags of steps until they are known', async t => {
  t.same(readArguments(['--bon-n', '5', '--port', '1', '--help']).values, { port: '1' })
  t.equal(readArguments(['ask', 'why', '--bon-n', '5']).command, 'ask')
})

t.test('refuses wrong usage with exit code 2 and suggests the nearest word', async t => {
  const cases: readonly [string[], RegExp][] = [
    [['chek'], /unknown command 'chek'\n\(Did you mean check\?\)/],
    [['help', 'chek'], /^error: unknown command 'chek'\n\(Did you mean check\?\)/],
    [['--prot', '1'], /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [['--bon-m', '1'], /Did you mean --bon-n\?/],
    [['ask'], /missing required argument 'prompt'\n\(see hulumanage ask --help\)/],
    [['check', 'a', 'b'], /too many arguments[^]*\(see hulumanage check --help\)/],
    [['serve', 'a'], /too many arguments[^]*\(see hulumanage --help\)/],
    [['--no-ssl-verify'], /--no-ssl-verify is not supported: .*--ca-file/],
  ]
  for (const [argv, text] of cases) t.match(refusal(t, argv), { code: 2, text }, argv.join(' '))
})

t.test(
  'shows help with examples at the end, and in that of a command where the flags of steps are',
  async t => {
    const { code, text } = refusal(t, ['--help'])
    t.equal(code, 0)
    for (const argv of [
      ['help', 'serve'],
      ['--bon-n', '5', '--help'],
      ['ask', 'why', '--bon-n', '5', '-h'],
    ])
      t.match(
        refusal(t, argv, []),
        { code: 0, text: /`hulumanage steps bon` lists those of bon\.\n/ },
        argv.join(' '),
      )
    t.notMatch(refusal(t, ['help', 'steps'], []).text, /lists those of bon/)
    t.match(text, /Examples:\n {2}hulumanage/)
    t.match(refusal(t, ['help', 'ask']).text, /Usage: hulumanage ask <prompt\.\.\.>/)
  },
)

t.test('the help of a command shows its own options before the flags of the server', async t => {
  for (const name of commandNames) {
    const { text } = refusal(t, ['help', name])
    const own = text.indexOf('--json ')
    if (own !== -1) t.ok(own < text.indexOf('--config '), name)
  }
})

t.test('every line of a help fits a terminal, also with a long flag', async t => {
  const help = 'maximum number of plans to try until enough of them are carried out, as some may be truncated'
  const long: Flag = { ...bonFlag, name: 'cepo-planning-temperature-step2', help }
  for (const argv of [['--help'], ...commandNames.map(name => ['help', name])]) {
    const { text } = refusal(t, argv, [bonFlag, long])
    t.same(
      text.split('\n').filter(line => line.length > 80),
      [],
      argv.join(' '),
    )
  }
})

t.test('shows the versions of the program and of Node', async t => {
  t.match(refusal(t, ['--version'], undefined), { code: 0, text: `(node ${process.version})` })
})

t.test('distinguishes kinds of failure by exit code', async t => {
  const cause = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', syscall: 'listen' })
  t.equal(exitCodeOf(new HulumanageError('config_invalid', 'x', { cause })), 69)
  t.equal(exitCodeOf(new HulumanageError('config_invalid', 'x')), 78)
  t.equal(exitCodeOf(new HulumanageError('no_upstream', 'x')), 1)
  t.equal(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'x')), 2)
  t.equal(exitCodeOf(new Error('x')), 1)
  t.match(explain(new Error('a fault of ours')), /a fault of ours\n {4}at /)
})
