import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { run, serve } from '../../cli/spawn.ts'
import { startHost } from '../host.ts'

t.test('the steps that are loaded are described with their params', async t => {
  const { url } = await startHost(t, { base_url: 'http://localhost:1/v1', steps: { bon: { n: 5 } } })
  const { data } = (await (await fetch(`${url}/steps`)).json()) as {
    data: { name: string; params: object[] }[]
  }
  const bon = data.find(({ name }) => name === 'bon')
  t.match(bon, { kind: 'approach', summary: String, cost: { calls: Number } })
  t.match(
    bon?.params.find(param => 'name' in param && param.name === 'n'),
    { default: 5 },
  )
})

t.test('a plugin file that does not load is named with its error', async t => {
  const files = { 'hulumanage.yaml': 'providers: [{name: a, type: simulated}]\nplugins_dir: [plugins]\n' }
  const cwd = t.testdir({ ...files, plugins: { 'broken.js': 'export default { name: 5 }' } })
  const { url, child, ended, output } = await serve(t, [], { cwd, env: { HULUMANAGE_LOG: 'silent' } })
  const { data, failed } = (await (await fetch(`${url}/steps`)).json()) as {
    data: object[]
    failed: object[]
  }
  t.match(failed, [{ file: /broken\.js$/, code: 'step_invalid', message: /broken\.js: the step's name/ }])
  t.ok(data.length > 20, 'the others are there')
  t.match(output(), `dashboard      ${url}/dashboard\n`)
  child.kill('SIGTERM')
  await ended
})

t.test('the running configuration is shown with the source of each value, without secrets', async t => {
  const cwd = t.testdir({})
  const file = join(cwd, 'hulumanage.yaml')
  const before = 'providers:\n  - { name: a, type: simulated, api_key: sk-canary-1 }\nqueue: { timeout: 9 }\n'
  writeFileSync(file, before)
  const { url, child, ended } = await serve(t, ['--model', 'm'], { cwd, env: { HULUMANAGE_LOG: 'warning' } })
  const text = await (await fetch(`${url}/config`)).text()
  t.notMatch(text, 'sk-canary')
  const { config, sources } = JSON.parse(text) as {
    config: Record<string, unknown>
    sources: Record<string, string>
  }
  t.match(config, { providers: [{ name: 'a', api_key: '***' }], model: 'm', queue: { timeout: 9 } })
  t.match(sources, {
    'queue.timeout': /hulumanage\.yaml:3$/,
    'queue.max_waiting': 'default',
    model: '--model',
  })
  const printed = await run(t, ['config', 'print', '--model', 'm', '--json'], { cwd })
  t.match((JSON.parse(printed.stdout) as { sources: object }).sources, {
    'queue.timeout': sources['queue.timeout'],
  })
  child.kill('SIGTERM')
  await ended
})
