import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { freePort } from '../fake-provider/ports.ts'
import { bin, demo, oldNode, run, serve } from './spawn.ts'

const platform = process.platform === 'win32' ? 'win' : process.platform
const hasPinned = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`].some(name => {
  try {
    return createRequire(bin).resolve(`${name}/package.json`)
  } catch {
    return false
  }
})
const skip = !hasPinned && 'no pinned Node for this platform'

t.test('runs in process on a Node that is new enough', async t => {
  const { code, stdout } = await run(t, ['--version'])
  t.equal(code, 0)
  t.match(stdout, new RegExp(`^hulumanage \\S+ \\(node ${process.version}\\)\n$`))
})

t.test('runs through links to its file and its folder, as npm installs them', async t => {
  const cwd = t.testdir()
  symlinkSync(bin, join(cwd, 'hulumanage'))
  symlinkSync(dirname(dirname(bin)), join(cwd, 'linked'))
  for (const program of [join(cwd, 'hulumanage'), join(cwd, 'linked', 'bin', 'hulumanage.js')]) {
    const { code, stdout, stderr } = await run(t, ['steps', '--json'], { cwd, program })
    t.same([code, stderr], [0, ''])
    const { steps, failed } = JSON.parse(stdout) as { steps: { name: string }[]; failed: unknown[] }
    t.same(failed, [])
    t.ok(steps.some(step => step.name === 'bon'))
  }
})

t.test('compiled code is kept in the home folder, not where others may write', async t => {
  const home = t.testdir({ shared: {} })
  const [own, shared] = [join(home, '.cache', 'hulumanage'), join(home, 'shared')]
  await run(t, ['--version'], { cwd: home, env: { NODE_COMPILE_CACHE: '', TMPDIR: shared } })
  t.ok(existsSync(own))
  t.notOk(existsSync(join(shared, 'node-compile-cache')))
  const chosen = join(home, 'chosen')
  await run(t, ['--version'], { env: { NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: chosen } })
  t.ok(existsSync(join(chosen, 'hulumanage')))
})

const threaded = `import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
const program = \`const { parentPort } = require('node:worker_threads')
parentPort.postMessage(require('node:module').getCompileCacheDir())\`
export default async () => {
  const [folder] = await once(new Worker(program, { eval: true }), 'message')
  process.stderr.write(\`a thread keeps its code in \${folder}\n\`)
}
`

t.test('threads keep their compiled code in the same folder', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': 'model: gpt-5\n', plugins: { 'threaded.js': threaded } })
  const { code, stderr } = await run(t, ['steps'], { cwd, env: { NODE_COMPILE_CACHE: '' } })
  t.equal(code, 0)
  t.match(stderr, `a thread keeps its code in ${join(cwd, '.cache', 'hulumanage')}`)
})

t.test('no compiled code is kept where others may write', async t => {
  const home = t.testdir()
  const folder = join(home, 'hulumanage')
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  const env = { NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: home }
  const { code } = await run(t, ['--version'], { cwd: home, env })
  t.equal(code, 0)
  t.same(readdirSync(folder), [])
  chmodSync(folder, 0o755)
  await run(t, ['--version'], { cwd: home, env })
  t.equal(readdirSync(folder).length, 1, 'it is kept there otherwise')
})

t.test('starts the pinned Node if its own is too old, and exits as that one does', { skip }, async t => {
  const version = await run(t, ['--version'], { node: oldNode })
  t.match(version, { code: 0, stdout: /\(node v26\./ })
  const refused = await run(t, ['chek'], { node: oldNode })
  t.match(refused, { code: 2, stderr: /Did you mean check/ })
})

t.test('says what is required in one line if there is no pinned Node', async t => {
  // Away from this repository and its node_modules.
  const cwd = mkdtempSync(join(tmpdir(), 'hulumanage-'))
  t.teardown(() => rmSync(cwd, { recursive: true }))
  const program = join(cwd, 'hulumanage.mjs')
  copyFileSync(bin, program)
  const { code, stdout, stderr } = await run(t, [], { node: oldNode, program, cwd })
  t.equal(code, 78)
  t.equal(stdout, '')
  t.match(
    stderr,
    /^hulumanage: this is Node 20\.20\.2, but Node 22 from 22\.22\.2, 24 from 24\.14\.1, or 25\.8\.2 and later is required: .*\n$/,
  )
})

t.test('forwards signals to the server it has started', { skip }, async t => {
  const { child, ended } = await serve(t, ['--config', demo], { node: oldNode })
  child.kill('SIGTERM')
  t.same(await ended, [0, null])
})

t.test('the server ends when its launcher is killed', { skip }, async t => {
  const options = { node: oldNode, port: await freePort() }
  const { child, url, ended } = await serve(t, ['--config', demo], options)
  t.equal((await fetch(`${url}/ready`)).status, 200)
  child.kill('SIGKILL')
  // The streams belong to the server as well, and close with it.
  t.same(await ended, [null, 'SIGKILL'])
  await t.rejects(fetch(`${url}/ready`))
})
