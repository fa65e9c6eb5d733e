import t from 'tap'
import { loadSteps } from '../../src/registry/load.ts'
import { failures, newHost } from './host.ts'
import { silentLog } from '../silent-log.ts'

// In a separate file, since module hooks stay in the process.
t.test('a file put into a folder of the checkout may be TypeScript that requires CommonJS', async t => {
  const app = newHost(t)
  const step = 'export default { name: helper.name, summary: "s", run: async () => "x" }'
  const path = t.testdir({
    'dropped.ts': `import helper from './_helper.js'\n${step}`,
    '_helper.js': `module.exports = { name: 'dropped' }`,
  })
  const report = await loadSteps({ app, folders: [{ path, builtIn: true }], log: silentLog })
  t.same(failures(report), {})
  t.same(app.steps.names(), ['dropped'])
})
