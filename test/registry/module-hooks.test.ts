import { join } from 'node:path'
import t from 'tap'
import { HulumanageError, isWrapper } from '../../src/plugin.ts'
import type { Context } from '../../src/plugin.ts'
import { load, newFolder, newHost } from './host.ts'

/** Each answers with its imports, so that a test can see the host's own copies. */
const sources: Readonly<Record<string, string>> = {
  'esm.js': `
    import { z } from 'zod'
    import { HulumanageError } from 'hulumanage/plugin'
    import { neighbour } from './lib/neighbour.js'
    import { typed } from './lib/typed.ts'
    import './lib/bare.ts'
    export default step('esm', [z.object({}).shape, HulumanageError, neighbour, typed])`,
  'common.js': `
    const { z } = require('zod')
    const { HulumanageError } = require('hulumanage/plugin')
    const { neighbour } = require('./lib/neighbour.js')
    const { typed } = require('./lib/typed.ts')
    const { old } = require('./lib/old')
    if (typeof require('fastify-plugin') !== 'function') throw new Error('no fastify-plugin')
    module.exports = step('common', [z.object({}).shape, HulumanageError, neighbour, typed, old])`,
  'strict.mjs': `
    import fastifyPlugin from 'fastify-plugin'
    import { HulumanageError } from 'hulumanage/plugin'
    import { old } from './lib/old.js'
    export default step('strict', [typeof fastifyPlugin, HulumanageError, old])`,
  'old.cjs': `
    const { HulumanageError } = require('hulumanage/plugin')
    module.exports = step('old', [__filename, HulumanageError, require('./lib/old.js').old])`,
  'typed.ts': `
    import type { Step } from 'hulumanage/plugin'
    import { z } from 'zod'
    import { HulumanageError } from 'hulumanage/plugin'
    import { typed } from './lib/typed.ts'
    const shape: object = z.object({}).shape
    export default step('typed', [shape, HulumanageError, typed]) satisfies Step`,
  'typed_common.ts': `
    const { HulumanageError } = require('hulumanage/plugin')
    const { neighbour } = require('./lib/neighbour.js')
    const found: unknown[] = [HulumanageError, HulumanageError, neighbour]
    module.exports = step('typed_common', found)`,
  'typed_module.mts': `
    import { HulumanageError } from 'hulumanage/plugin'
    export default step('typed_module', [0 as number, HulumanageError])`,
  'in_folder/index.ts': `
    import { HulumanageError } from 'hulumanage/plugin'
    import { part } from './part.ts'
    export default step('in_folder', [part, HulumanageError])`,
  'in_folder/part.ts': `export const part: number = 1`,
  'compiled.js': `
    Object.defineProperty(exports, '__esModule', { value: true })
    exports.default = step('compiled', [0, require('hulumanage/plugin').HulumanageError])`,
  'lib/neighbour.js': `export const neighbour = 1`,
  'lib/typed.ts': `export const typed: number = 2`,
  'lib/bare.ts': `globalThis.bareLoaded = 1 as number`,
  'lib/old.js': `exports.old = 3`,
}

const helper = `
function step(name, found) {
  return { name, summary: 'Says what it found', run: async () => found.map(String), found }
}`

const places: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'in a bare folder': {},
  'below a package of CommonJS': { 'package.json': '{ "type": "commonjs" }' },
  'below a package of modules': { 'package.json': '{ "type": "module" }' },
  'below node_modules': { 'package.json': '{ "name": "somebody" }' },
}

for (const [place, extra] of Object.entries(places)) {
  t.test(`a file of any kind loads ${place} and gets the host's own modules`, async t => {
    const prefix = place.endsWith('node_modules') ? 'node_modules/somebody/' : ''
    const files = { ...withHelper(sources), ...extra }
    const folder = newFolder(
      t,
      Object.fromEntries(Object.entries(files).map(([path, text]) => [prefix + path, text])),
    )
    const app = newHost(t)
    const { loaded, failed } = await load(app, [join(folder, prefix)])
    t.same(failed, [])
    const names = [
      'common',
      'compiled',
      'esm',
      'in_folder',
      'old',
      'strict',
      'typed',
      'typed_common',
      'typed_module',
    ]
    t.same(app.steps.names(), names)
    t.same(loaded.flatMap(file => file.names).toSorted(), names)
    for (const step of app.steps.values()) {
      t.equal((step as unknown as { found: unknown[] }).found[1], HulumanageError, step.name)
    }
  })
}

t.test('a relative import of a missing file is reported with the path', async t => {
  const folder = newFolder(t, { 'lost.js': `import './lib/missing.js'\nexport default {}` })
  const { failed } = await load(newHost(t), [folder])
  t.match(failed, [{ error: { code: 'plugin_failed', message: /lost\.js.*missing\.js/ } }])
})

t.test("a plugin's own packages keep their own dependencies", async t => {
  const folder = newFolder(t, {
    'node_modules/dependency/package.json': '{ "name": "dependency", "type": "module" }',
    'node_modules/dependency/index.js': `export { mine } from 'zod'`,
    'node_modules/zod/package.json': '{ "name": "zod", "type": "module" }',
    'node_modules/zod/index.js': 'export const mine = "of the dependency"',
    'user.js': `
      import { mine } from 'dependency'
      export default { name: 'user', summary: mine, run: async () => mine }`,
  })
  const app = newHost(t)
  await load(app, [folder], { strict: true })
  t.equal(app.steps.get('user')?.summary, 'of the dependency')
})

t.test('stripping types raises no warning', async t => {
  const warnings: unknown[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  const folder = newFolder(t, {
    'quiet.ts': `export default { name: 'quiet', summary: 'q' as string, run: async () => '' }`,
  })
  await load(newHost(t), [folder], { strict: true })
  await new Promise(resolve => setImmediate(resolve))
  t.same(warnings, [])
})

t.test('an approach put into a plugin folder runs', async t => {
  const app = newHost(t)
  await load(
    app,
    [newFolder(t, withHelper({ 'old.cjs': sources['old.cjs']!, 'lib/old.js': sources['lib/old.js']! }))],
    {
      strict: true,
    },
  )
  const step = app.steps.get('old')!
  if (isWrapper(step)) return t.fail('an approach was expected')
  const answer = await step.run({ model: 'm', messages: [] }, {} as Context, {})
  t.match(answer, [/old\.cjs$/])
})

/** Steps (the files outside `lib`) get the function that makes one. */
function withHelper(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, /lib\/|part/.test(path) ? text : text + helper]),
  )
}
