import t from 'tap'
import { loadConfig } from '../../../src/config/load/load.ts'
import { unpricedProviders } from '../../../src/cli/checks/unpriced-providers.ts'

const providers = `
providers:
  - { name: free, base_url: 'http://localhost:1/v1', price: { input: 0, output: 0 } }
  - { name: listed, base_url: 'https://api.example/v1' }
  - { name: off, base_url: 'http://localhost:2/v1', enabled: false }
  - { name: local, base_url: 'http://localhost:3/v1' }
`

t.test('a limit in USD warns of providers that certainly have no price', async t => {
  const warnings = (more: string) => {
    const folder = t.testdir({ 'hulumanage.yaml': `${providers}${more}` })
    const loaded = loadConfig({ cwd: folder, home: folder, env: {} })
    return unpricedProviders(loaded).map(({ path, line }) => `${path} in line ${line}`)
  }
  t.same(warnings(''), [])
  t.same(warnings('limits: { usd: 1 }\n'), ['providers[3] in line 6'])
  t.same(warnings('limits: { usd: 1 }\ncosts: { list_prices: false }\n'), [
    'providers[1] in line 4',
    'providers[3] in line 6',
  ])
})
