import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../house/sources.ts'
import { run } from './spawn.ts'

const plugin = `import { defineApproach } from 'hulumanage/plugin'
export default defineApproach({ name: 'shout', summary: 'Shouts', run: async () => 'HELLO' })
`

const solving = `import { solve } from './package/approaches/z3/solver.js'
const signal = new AbortController().signal
const { output } = await solve('(assert false)(check-sat)', { seconds: 60, megabytes: 64 }, signal)
process.stdout.write(output)
`

t.test("the built package contains JavaScript, runs, and loads other people's plugins", async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': 'providers: [{ name: a, type: simulated }]\n',
    plugins: { 'shout.ts': plugin },
    'solve.mjs': solving,
  })
  const folder = join(cwd, 'package')
  const build = await run(t, [folder], { cwd, program: join(root, 'build', 'package.ts') })
  t.same(build, { code: 0, signal: null, stdout: '', stderr: '' })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  for (const key of ['private', 'scripts', 'devDependencies']) t.notOk(key in manifest, `no ${key}`)
  t.same(
    Object.keys(manifest['optionalDependencies'] ?? {}),
    ['@pydantic/genai-prices', 'pg', 'z3-solver'],
    'no Node of its own',
  )
  t.notOk(existsSync(join(folder, 'src', 'cli', 'main.ts')))

  const program = join(folder, 'bin', 'hulumanage.js')
  const { code, stdout, stderr } = await run(t, ['steps', '--json'], { cwd, program })
  t.same([code, stderr], [0, ''])
  const { steps, failed } = JSON.parse(stdout) as { steps: { name: string }[]; failed: unknown[] }
  t.same(failed, [])
  const names = new Set(steps.map(step => step.name))
  t.ok(['bon', 'proxy', 'shout'].every(name => names.has(name)))

  // The solver's worker is a file of its own, which nothing imports.
  const solved = await run(t, [], { cwd, program: join(cwd, 'solve.mjs') })
  t.same([solved.code, solved.stdout], [0, 'unsat'], solved.stderr)
})
