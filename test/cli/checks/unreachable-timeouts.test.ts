import t from 'tap'
import { unreachableTimeouts } from '../../../src/cli/checks/unreachable-timeouts.ts'
import { loadConfig } from '../../../src/config/load/load.ts'

t.test('a time limit of a call beyond that of the whole request is pointed out', async t => {
  const warnings = (timeouts: string, more = '') => {
    const text = `timeouts: { ${timeouts} }
providers:
  - { name: slow, base_url: 'http://localhost:1/v1', timeout: 700 }
  - { name: fast, base_url: 'http://localhost:2/v1', timeout: 20 }
${more}`
    const folder = t.testdir({ 'hulumanage.yaml': text })
    const loaded = loadConfig({ cwd: folder, home: folder, env: {} })
    return unreachableTimeouts(loaded).map(({ path, line }) => `${path} in line ${line}`)
  }
  t.same(warnings('request: 600, total: 700'), [], 'the same time is no contradiction')
  t.same(warnings('request: 900, first_token: 10'), [
    'timeouts.request in line 1',
    'providers[0].timeout in line 3',
  ])
  const others = 'queue: { timeout: 800 }\npass_through: { timeout: 800 }\n'
  t.same(warnings('idle: 800, connect: 800, total: 700', others), [
    'timeouts.connect in line 1',
    'timeouts.idle in line 1',
    'queue.timeout in line 5',
    'pass_through.timeout in line 6',
  ])
  t.notMatch(warnings('total: 1'), /idle|queue/, 'defaults are no contradiction')
  t.same(warnings('first_token: 800, total: 750'), ['timeouts.first_token in line 1'])
})
