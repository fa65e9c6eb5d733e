import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pino } from 'pino'
import { pluginFolders } from '../../src/registry/folders.ts'
import { loadSteps } from '../../src/registry/load.ts'
import { failures, load, newFolder, newHost } from './host.ts'
import { silentLog } from '../silent-log.ts'

const broken = join(import.meta.dirname, '../fixtures/broken')

t.test("the package's own steps load", async t => {
  const app = newHost(t)
  const folders = pluginFolders().filter(folder => folder.builtIn)
  const { loaded } = await loadSteps({ app, folders, log: silentLog, strict: true })
  t.ok(app.steps.has('proxy'))
  t.ok(app.steps.has('none'))
  for (const { file, names } of loaded) t.ok(names.length > 0, file)
})

t.test('each file that cannot be imported is reported with its error, and the others load', async t => {
  const app = newHost(t)
  const logged: string[] = []
  const log = pino({ level: 'error' }, { write: line => void logged.push(line) })
  const report = await load(app, [join(broken, 'import')], { log })

  t.same(failures(report), {
    'enums.ts': 'plugin_failed',
    'missing.js': 'plugin_failed',
    'nothing.js': 'step_invalid',
    'part.js': 'plugin_failed',
    'syntax.js': 'plugin_failed',
    'throws.mjs': 'plugin_failed',
    'throws_nothing.mjs': 'plugin_failed',
    'throws_old.cjs': 'plugin_failed',
  })
  t.same(app.steps.names(), ['works'])
  t.same(
    ['syntax', 'throws_old', 'works', 'other'].filter(name => app.steps.isBroken(name)),
    ['syntax', 'throws_old'],
  )
  t.same(report.loaded, [{ file: join(broken, 'import/works.js'), kind: 'approach', names: ['works'] }])
  t.same(
    logged.map(line => (JSON.parse(line) as { file: string }).file),
    report.failed.map(({ file }) => file),
  )
})

t.test('a failure names the file, the line if it is known, and the reason', async t => {
  const { failed } = await load(newHost(t), [join(broken, 'import')])
  const messages = Object.fromEntries(
    failed.map(({ file, error }) => [file.split('/').at(-1), error.message]),
  )
  t.match(messages, {
    'enums.ts': /enums\.ts:1: .*enum is not supported/,
    'missing.js': /package-that-nobody-installed/,
    'nothing.js': /nothing\.js: no default export; export an approach/,
    'syntax.js': /syntax\.js:3: Unexpected/,
    'part.js': /part\.js: \/.*lib\/unfinished\.ts:2: Expression expected/,
    'throws.mjs': /throws\.mjs:2: no luck today/,
    'throws_nothing.mjs': /throws_nothing\.mjs: undefined/,
    'throws_old.cjs': /throws_old\.cjs:1: not today, either/,
  })
})

t.test('an import that never ends is given up', async t => {
  const { failed } = await load(newHost(t), [join(broken, 'hang')], { timeoutMs: 20 })
  t.match(failed, [{ error: { code: 'plugin_failed', message: /hangs\.mjs: the import takes over 0.02 s/ } }])
})

t.test(
  'a Fastify plugin that does not boot leaves nothing in the registries, and the server starts',
  async t => {
    const app = newHost(t)
    const report = await load(app, [join(broken, 'boot')])
    t.same(failures(report), {
      'bad_step.js': 'step_invalid',
      'done_with_error.cjs': 'plugin_failed',
      'nested.js': 'plugin_failed',
      'not_ready.js': 'plugin_failed',
      'throws.js': 'plugin_failed',
      'throws_at_once.cjs': 'plugin_failed',
    })
    t.same(report.loaded, [{ file: join(broken, 'boot/works.js'), kind: 'plugin', names: ['booted'] }])
    t.same(app.steps.names(), ['booted'])
    t.same(app.strategies.names(), [])
    t.equal((await app.inject('/booted')).body, 'yes')
  },
)

t.test('a Fastify plugin that never becomes ready is given up', async t => {
  const app = newHost(t)
  const { failed } = await load(app, [join(broken, 'boot-hang')], { timeoutMs: 1_000 })
  t.match(failed, [
    { error: { message: /never_done\.cjs: not ready after 1 s; call done/ } },
    { error: { message: /never_resolves\.js: not ready after 1 s/ } },
  ])
  t.same(app.steps.names(), [])
  await app.ready()
})

t.test('with strict the first failure is thrown', async t => {
  await t.rejects(load(newHost(t), [join(broken, 'boot')], { strict: true }), {
    code: 'step_invalid',
    message: /bad_step\.js: the step's name is "Bad Name"/,
  })
})

t.test('of two files with a step of the same name, the second fails, naming both', async t => {
  const app = newHost(t)
  const one = newFolder(t, { 'one.js': step('twin', 'first') })
  const two = newFolder(t, { 'two.js': step('twin', 'second') })
  const { failed } = await load(app, [one, two])
  t.match(failed, [{ file: join(two, 'two.js'), error: { code: 'step_duplicate' } }])
  t.match(failed[0]?.error.message, join(one, 'one.js'))
  t.match(failed[0]?.error.message, join(two, 'two.js'))
  t.equal(app.steps.get('twin')?.summary, 'first')
  t.equal(app.steps.originOf('twin'), join(one, 'one.js'))
})

t.test('a plugin that adds a step of an existing name loses its other steps, too', async t => {
  const app = newHost(t)
  const folder = newFolder(t, {
    'a.js': step('known', 'first'),
    'b.js': `
      const step = name => ({ name, summary: 's', run: async () => '' })
      export default async app => { app.steps.add(step('fresh')); app.steps.add(step('known')) }`,
  })
  t.same(failures(await load(app, [folder])), { 'b.js': 'step_duplicate' })
  t.same(app.steps.names(), ['known'])
  t.same(
    ['b', 'fresh', 'known'].filter(name => app.steps.isBroken(name)),
    ['fresh'],
    'what it had added is missing, and nothing of the name of its file',
  )
})

t.test('tests, declarations, lib, hidden and underscored names are not plugins', async t => {
  const app = newHost(t)
  const bad = 'throw new Error("must not be loaded")'
  const folder = newFolder(t, {
    'good.js': step('good', 's'),
    'good.test.js': bad,
    'good.d.ts': bad,
    'good.d.mts': bad,
    '_draft.js': bad,
    '.hidden.js': bad,
    'lib/index.js': bad,
    'node_modules/index.js': bad,
    'README.md': bad,
    'data.json': '{}',
  })
  await load(app, [folder], { strict: true })
  t.same(app.steps.names(), ['good'])
})

t.test('a folder without an index is reported, not skipped', async t => {
  const { failed } = await load(newHost(t), [join(broken, 'folder')])
  t.match(failed, [{ error: { code: 'plugin_failed', message: /no_index: the folder has no index\.ts/ } }])
})

t.test('a missing folder is reported', async t => {
  const app = newHost(t)
  const { failed } = await load(app, ['/nowhere/plugins'])
  t.match(failed, [
    { file: '/nowhere/plugins', error: { message: '/nowhere/plugins: no such folder; correct plugins_dir' } },
  ])
  t.notOk(app.steps.isBroken('plugins'), 'a folder is not a step')
})

t.test('a linked file loads as if it were there, and only once even if two links lead to it', async t => {
  const app = newHost(t)
  const elsewhere = newFolder(t, {
    'package.json': '{ "type": "commonjs" }',
    'linked.ts': `import { z } from 'zod'\n${step('linked', 's')}`,
    'folder/index.js': `import { part } from './part.js'\n${step('linked_folder', 's')}`,
    'folder/part.js': 'export const part = 1',
  })
  const folder = newFolder(t, {})
  mkdirSync(join(folder, 'plugins'))
  symlinkSync(join(elsewhere, 'linked.ts'), join(folder, 'plugins/linked.ts'))
  symlinkSync(join(elsewhere, 'linked.ts'), join(folder, 'plugins/again.ts'))
  symlinkSync(join(elsewhere, 'folder'), join(folder, 'plugins/folder'))
  await load(app, [join(folder, 'plugins')], { strict: true })
  t.same(app.steps.names(), ['linked', 'linked_folder'])
})

function step(name: string, summary: string): string {
  return `export default { name: '${name}', summary: '${summary}', run: async () => '' }`
}
