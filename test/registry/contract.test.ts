import t from 'tap'
import { failures, load, newFolder, newHost } from './host.ts'

const run = `run: async () => 'fine'`
const wrap = `place: 'leaf', wrap: next => next`

t.test('a step or plugin for this contract loads, and so does one that names no contract', async t => {
  const app = newHost(t)
  const folder = newFolder(t, {
    'approach.js': `export default { api: 1, name: 'approach', summary: 's', ${run} }`,
    'wrapper.cjs': `module.exports = { api: 1, name: 'wrapper', summary: 's', ${wrap} }`,
    'plugin.ts': `
      export default async function plugin(app: any) {
        app.steps.add({ name: 'of_a_plugin', summary: 's', ${run} })
      }
      plugin.api = 1`,
    'silent.js': `export default { name: 'silent', summary: 's', ${run} }`,
    'undecided.js': `export default { api: undefined, name: 'undecided', summary: 's', ${run} }`,
  })
  await load(app, [folder], { strict: true })
  t.same(app.steps.names(), ['approach', 'of_a_plugin', 'silent', 'undecided', 'wrapper'])
})

t.test('a step or plugin for a newer contract is refused, and the message says to update', async t => {
  const app = newHost(t)
  const newer = /this step was made for contract 2; this server offers 1: update hulumanage$/
  const folder = newFolder(t, {
    'approach.js': `export default { api: 2, name: 'approach', summary: 's', ${run} }`,
    'wrapper.cjs': `module.exports = { api: 2, name: 'wrapper', summary: 's', ${wrap} }`,
    'brings_one.js': `
      export default async app => {
        app.steps.add({ name: 'first', summary: 's', ${run} })
        app.steps.add({ api: 2, name: 'second', summary: 's', ${run} })
      }`,
    'other_shape.js': `export default { api: 2, id: 'step', process() {} }`,
  })
  const { failed } = await load(app, [folder])
  t.same(
    failed.map(({ file, error }) => [file.slice(folder.length + 1), error.code]),
    ['approach.js', 'brings_one.js', 'other_shape.js', 'wrapper.cjs'].map(file => [file, 'plugin_too_new']),
  )
  for (const { file, error } of failed) {
    t.match(error.message, newer)
    t.ok(error.message.startsWith(file), 'the message begins with the file')
  }
  t.same(app.steps.names(), [])
})

t.test('a Fastify plugin of a newer contract is refused before any of it runs', async t => {
  const app = newHost(t)
  const ran = `globalThis.ranForAnotherContract = true`
  const folder = newFolder(t, {
    'bare.js': `
      export default async function plugin() { ${ran} }
      plugin.api = 2`,
    'old.cjs': `
      module.exports = (app, options, done) => { ${ran}; done() }
      module.exports.api = 2`,
    'wrapped.js': `
      import fastifyPlugin from 'fastify-plugin'
      const plugin = async () => { ${ran} }
      plugin.api = 2
      export default fastifyPlugin(plugin)`,
  })
  const report = await load(app, [folder])
  t.same(failures(report), {
    'bare.js': 'plugin_too_new',
    'old.cjs': 'plugin_too_new',
    'wrapped.js': 'plugin_too_new',
  })
  for (const { error } of report.failed) {
    t.match(error.message, /: this plugin was made for contract 2; this server offers 1: update hulumanage$/)
  }
  t.notOk('ranForAnotherContract' in globalThis)
})

t.test('an api that is not a contract number is refused', async t => {
  const app = newHost(t)
  const cases = { text: `'1'`, zero: '0', part: '1.5', nan: 'NaN', none: 'null' }
  const files = Object.entries(cases).map(([name, api]) => [
    `${name}.js`,
    `export default { api: ${api}, name: '${name}', summary: 's', ${run} }`,
  ])
  const { failed } = await load(app, [newFolder(t, Object.fromEntries(files) as Record<string, string>)])
  t.match(
    failed.map(({ error }) => error.message),
    ['NaN', 'null', '1.5', '"1"', '0'].map(
      given => new RegExp(`: api is ${given}; it must be the number of a contract, such as 1$`),
    ),
  )
  for (const { error } of failed) t.equal(error.code, 'step_invalid')
})
