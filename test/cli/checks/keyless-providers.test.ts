import t from 'tap'
import { keylessProviders } from '../../../src/cli/checks/keyless-providers.ts'
import { loadConfig } from '../../../src/config/load/load.ts'

const openai = 'base_url: "https://api.openai.com/v1"'

const without = {
  'an address of a service that needs one': openai,
  'a kind with a service of its own': 'type: anthropic',
  'an empty key': `${openai}, api_key: ""`,
  'headers with no credentials': `${openai}, headers: { openai-organization: org-1 }`,
}
for (const [name, fields] of Object.entries(without))
  t.test(`a provider without a key is told of: ${name}`, async t => {
    t.match(warningsOn(t.testdir({ 'hulumanage.yaml': fileWith(fields) })), [
      {
        path: 'providers[0]',
        message: /^has no key, and api\.(?:openai|anthropic)\.com refuses calls without one$/,
        hint: /^set api_key: \$\{(?:OPENAI|ANTHROPIC)_API_KEY\}$/,
      },
    ])
  })

const silent = {
  'a key': `${openai}, api_key: sk-1`,
  'several keys': `${openai}, api_keys: [sk-1, sk-2]`,
  "the client's key": `${openai}, forward_client_key: true`,
  'a header with a token': `${openai}, headers: { authorization: "Bearer t" }`,
  'credentials in the address': 'base_url: "https://user:word@api.openai.com/v1"',
  'a server of one’s own': 'base_url: "http://localhost:11434/v1"',
  'an unknown service': 'base_url: "https://models.example/v1"',
  'a kind at another address': 'type: anthropic, base_url: "http://gateway.local/v1"',
  'a provider that is off': `${openai}, enabled: false`,
  'a simulated model': 'type: simulated',
}
for (const [name, fields] of Object.entries(silent))
  t.test(`a provider that may do without a key is not told of: ${name}`, async t => {
    t.same(warningsOn(t.testdir({ 'hulumanage.yaml': fileWith(fields) })), [])
  })

function fileWith(fields: string): string {
  return `providers:\n  - { name: p, ${fields} }\n`
}

function warningsOn(folder: string): unknown {
  return keylessProviders(loadConfig({ cwd: folder, home: folder, env: {} }))
}
