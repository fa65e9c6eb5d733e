import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runHere } from '../in-process.ts'

const quick = 'providers: [{ name: quick, type: simulated, simulate: { latency_ms: 0, token_ms: 0 } }]\n'
const haiku = join(import.meta.dirname, '../../../examples/plugins/haiku.ts')

t.test('check takes the flags of steps as serve does, on either side of the file', async t => {
  const cwd = t.testdir({ 'quick.yaml': quick })
  const cases: readonly [words: string[], code: number, told: RegExp][] = [
    [['quick.yaml', '--mcts_simulations', '5'], 0, /configuration +quick\.yaml/],
    [['--mcts_simulations', '5', 'quick.yaml'], 0, /configuration +quick\.yaml/],
    [['quick.yaml', '--mcts-simulations', 'many'], 78, /--mcts-simulations.*"many"/],
    [['quick.yaml', '--mcts-simulatons', '5'], 2, /unknown option '--mcts-simulatons'/],
    [['quick.yaml', '--port', 'x', '--mcts-simulations', 'many'], 78, /--port[^]*--mcts-simulations/],
  ]
  for (const [words, code, told] of cases) {
    const result = await runHere(t, ['check', ...words], { cwd })
    t.equal(result.code, code, words.join(' '))
    t.match(result.stdout + result.stderr, told)
  }
})

t.test('check reads the file behind the flags of steps before any other', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': 'providers: {',
    'quick.yaml': `plugins_dir: [./own]\n${quick}`,
    own: { 'haiku.ts': readFileSync(haiku, 'utf8') },
  })
  for (const words of [
    ['--mcts-simulations', '5', 'quick.yaml'],
    ['--haiku-tries', '2', 'quick.yaml'],
    ['quick.yaml', '--haiku-tries', '2'],
  ]) {
    const { code, stdout, stderr } = await runHere(t, ['check', ...words], { cwd })
    t.equal(code, 0, words.join(' ') + stderr)
    t.match(stdout, /configuration +quick\.yaml/)
  }
})

t.test('a file that is the value of a flag of a step is not the configuration', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick, '5': quick })
  const { code, stdout } = await runHere(t, ['check', '--mcts-simulations', '5'], { cwd })
  t.equal(code, 0)
  t.match(stdout, /configuration +hulumanage\.yaml/)
})

t.test('serve tells the problems of the flags of steps with all others', async t => {
  const cwd = t.testdir({ 'quick.yaml': quick })
  const words = ['--config', 'quick.yaml', '--port', 'x', '--mcts-simulations', 'many']
  t.match(await runHere(t, words, { cwd }), { code: 78, stderr: /--port[^]*--mcts-simulations/ })
})
