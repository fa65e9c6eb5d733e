import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { describeConfig } from '../../../src/config/load/described.ts'
import type { Config } from '../../../src/config/schema.ts'
import { load, problemsOf } from '../formats/load.ts'

const entry = (url: string, more = '') => ({
  'hulumanage.yaml': `providers:\n  - {name: a, base_url: "${url}"${more}}\n`,
})

t.test('an address may be copied with the endpoint at its end', async t => {
  for (const tail of [
    '/chat/completions',
    '/chat/completions/',
    '/embeddings',
    '/responses',
    '/messages',
    '/models',
    '',
  ])
    t.match(load(t, entry(`https://models.test/v1${tail}`)).config.providers, [
      { base_url: 'https://models.test/v1', model_map: {} },
    ])
  t.match(load(t, entry('https://models.test/v1/chat/completions?tenant=7')).config.providers, [
    { base_url: 'https://models.test/v1?tenant=7' },
  ])
  t.match(load(t, entry('https://models.test/v1/chat/completions/?sig=abc/')).config.providers, [
    { base_url: 'https://models.test/v1?sig=abc/' },
  ])
  const flags = { baseUrl: 'http://localhost:11434/v1/chat/completions' }
  t.match(load(t, {}, { flags }).config, { base_url: 'http://localhost:11434/v1' })
})

t.test('a version that a variable has already is not added again', async t => {
  const baseUrlOf = (url: string) => load(t, entry(url)).config.providers[0]?.base_url
  t.equal(baseUrlOf('http://models.test//v1/v1'), 'http://models.test/v1')
  for (const url of ['https://models.test/openai/v1', 'https://models.test/v1/team/v1'])
    t.equal(baseUrlOf(url), url)
})

t.test('the API of OpenAI and Anthropic is found by the name of its host', async t => {
  for (const origin of ['https://api.anthropic.com', 'https://api.openai.com/', 'https://api.openai.com//']) {
    const { config, warnings } = load(t, entry(origin, ', api_key: k'))
    t.match(config.providers, [{ base_url: `${origin.replace(/\/+$/, '')}/v1` }])
    t.strictSame(warnings, [])
  }
  t.match(load(t, entry('https://api.openai.com/custom', ', api_key: k')).config.providers, [
    { base_url: 'https://api.openai.com/custom' },
  ])
})

const messagesAddresses = [
  'https://api.deepseek.com/anthropic',
  'https://api.z.ai/api/anthropic',
  'https://mine.services.ai.azure.com/anthropic',
  'https://gateway.ai.cloudflare.com/v1/account/gateway/anthropic',
]

t.test('an address for SDKs of Anthropic, which add the version, may be copied as it is', async t => {
  const baseUrlOf = (url: string) => load(t, entry(url, ', type: anthropic')).config.providers[0]?.base_url
  for (const base of [...messagesAddresses, 'https://a.test/x', 'http://localhost:4000'])
    for (const tail of ['', '/', '/v1', '/v1/messages', '/v1/messages/count_tokens'])
      t.equal(baseUrlOf(base + tail), `${base}/v1`, base + tail)
  t.strictSame(load(t, entry('http://localhost:4000', ', type: anthropic')).warnings, [])
  t.equal(baseUrlOf('https://a.test/x?tenant=7'), 'https://a.test/x/v1?tenant=7')
  t.equal(baseUrlOf('https://a.test/v1.0'), 'https://a.test/v1.0')
  // A complete address is taken at its word.
  t.equal(baseUrlOf('https://a.test/x/messages'), 'https://a.test/x')
})

t.test(
  'an address of Messages beside another API tells its type, unless an endpoint of that was copied',
  async t => {
    const providerOf = (url: string, more = '') => load(t, entry(url, more)).config.providers[0]!
    for (const base of messagesAddresses)
      for (const tail of ['', '/', '/v1/messages'])
        t.match(providerOf(base + tail), { type: 'anthropic', base_url: `${base}/v1` }, base + tail)
    for (const url of [
      'https://a.test/anthropic/chat/completions',
      'https://a.test/anthropic/v1/chat/completions',
    ])
      t.match(providerOf(url), { type: undefined, base_url: url.replace('/chat/completions', '') })
    t.match(providerOf('https://a.test/anthropic/v1'), { type: undefined }, 'a chat API may have it, too')
    const inAzure = 'https://mine.services.ai.azure.com/anthropic/v1'
    t.match(providerOf(inAzure), { type: 'anthropic', base_url: inAzure })
    t.match(providerOf('https://a.test/anthropic', ', type: openai'), {
      type: 'openai',
      base_url: 'https://a.test/anthropic',
    })
    // The upstream of chains alone has no type.
    const flags = { baseUrl: 'https://a.test/anthropic' }
    t.equal(load(t, {}, { flags }).config.base_url, 'https://a.test/anthropic')
  },
)

t.test('an address that may be meant for Messages, but goes to a chat API, is pointed out', async t => {
  const message = "is called by OpenAI's API, but may be an address of Messages"
  for (const url of [
    'https://a.test/anthropic/v1',
    'https://api.z.ai/api/anthropic/v1/',
    'https://api.kimi.com/coding/v1/messages',
    'https://a.test/claude/messages',
    'https://a.test/v1/messages/count_tokens?tenant=7',
  ])
    t.match(load(t, entry(url)).warnings, [
      { path: 'providers[0].base_url', message, hint: 'set type: anthropic, or type: openai' },
    ])
  for (const path of ['anthropic', 'anthropic/', 'anthropic/v1', 'anthropic/v1/messages', 'v1/messages'])
    t.match(load(t, {}, { flags: { baseUrl: `http://a.test/${path}` } }).warnings, [
      { message, hint: 'list it under providers, with type: anthropic' },
    ])
  for (const [url, more] of [
    ['https://a.test/anthropic/v1', ', type: openai'],
    ['https://a.test/anthropic/v1', ', type: anthropic'],
    ['https://a.test/anthropic/v1/chat/completions', ''],
    ['https://a.test/v1/messages', ', type: openai'],
    ['https://api.anthropic.com/v1/messages', ', api_key: k'],
    ['https://a.test/messages/v1', ''],
    ...messagesAddresses.map(address => [address, ''] as const),
    ['https://mine.services.ai.azure.com/anthropic/v1', ''],
  ] as const)
    t.strictSame(load(t, entry(url, more)).warnings, [], url)
  const flags = { baseUrl: 'https://a.test/anthropic/v1/chat/completions' }
  t.strictSame(load(t, {}, { flags }).warnings, [])
})

t.test('escapes in an address of Azure that are malformed stay as they are', async t => {
  const uri = 'https://mine.openai.azure.com/openai/deployments/a%zz'
  t.doesNotThrow(() => problemsOf(t, entry(uri, ', type: azure, api_key: k')))
})

t.test('the target URI of Azure is a resource, a deployment and a version', async t => {
  const resource = 'https://mine.openai.azure.com'
  const uri = `${resource}/openai/deployments/dep-4o/chat/completions?api-version=2025-01-01-preview`
  t.match(load(t, entry(uri)).config.providers, [
    { base_url: resource, api_version: '2025-01-01-preview', model_map: { '*': 'dep-4o' } },
  ])
  t.match(load(t, entry(uri, ', api_version: "2024-10-21", model_map: {gpt-4o: mine}')).config.providers, [
    { base_url: resource, api_version: '2024-10-21', model_map: { 'gpt-4o': 'mine', '*': undefined } },
  ])
  t.match(load(t, entry(`${resource}/openai/responses?api-version=2025-04-01-preview`)).config.providers, [
    { base_url: resource, api: 'responses', api_version: '2025-04-01-preview' },
  ])
  t.match(load(t, entry(`${resource}/openai/v1/chat/completions`)).config.providers, [
    { base_url: `${resource}/openai/v1` },
  ])
  t.match(load(t, entry(resource)).config.providers, [{ base_url: resource }])
  const withKey = `${resource}/openai/v1/chat/completions?api-version=preview&subscription-key=k`
  t.match(load(t, entry(withKey)).config.providers, [
    { base_url: `${resource}/openai/v1?subscription-key=k`, api_version: 'preview' },
  ])
})

t.test(
  "the target URI of Foundry's own API, which the kind for Azure does not call, is pointed out",
  async t => {
    const origin = 'https://mine.services.ai.azure.com'
    const uri = `${origin}/models/chat/completions?api-version=2024-05-01-preview`
    const message = "is called by Azure OpenAI's API, which is not below /models"
    for (const more of ['', ', type: azure'])
      t.match(load(t, entry(uri, `${more}, api_key: k`)).warnings, [
        { path: 'providers[0].base_url', message, hint: `its models are at ${origin}/openai/v1, too` },
      ])
    for (const [url, more] of [
      [uri, ', type: openai'],
      [origin, ''],
      [`${origin}/models`, ''],
      [`${origin}/openai/v1`, ''],
      ['https://a.test/models/v1', ''],
    ] as const)
      t.strictSame(load(t, entry(url, `${more}, api_key: k`)).warnings, [], url)
  },
)

const hosts = [
  'https://models.test',
  'https://api.openai.com',
  'https://api.anthropic.com',
  'https://api.deepseek.com',
  'https://mine.openai.azure.com',
  'https://mine.services.ai.azure.com',
]
const folders = ['v1', 'v1beta', 'openai', 'anthropic', 'models', 'x', 'deployments/dep', '']
const endpoints = [
  'chat/completions',
  'completions',
  'responses',
  'messages',
  'messages/count_tokens',
  'embeddings',
  'models',
  '',
]
const addresses = fc
  .record({
    host: fc.constantFrom(...hosts),
    folders: fc.array(fc.constantFrom(...folders), { maxLength: 4 }),
    endpoint: fc.constantFrom(...endpoints),
    query: fc.constantFrom('', '?tenant=***', '?api-version=2025-01-01-preview'),
  })
  .map(({ host, folders, endpoint, query }) => [host, ...folders, endpoint].join('/') + query)

t.test('an address that is printed means the same when it is read again', async t => {
  const loaded = (config: object) => load(t, { 'hulumanage.yaml': JSON.stringify(config) }).config
  const types = fc.constantFrom(undefined, 'openai', 'anthropic', 'azure', 'gemini')
  const compared = ({ base_url, providers }: Config) => [
    base_url,
    providers.map(({ api_key: _key, ...provider }) => provider),
  ]
  fc.assert(
    fc.property(addresses, types, (base_url, type) => {
      const config = loaded({ base_url, providers: [{ name: 'a', base_url, type, api_key: 'k' }] })
      assert.deepEqual(compared(loaded(describeConfig(config).config as object)), compared(config))
    }),
    { seed: 1 },
  )
  for (const [base_url, type, printed = base_url] of [
    ['https://a.test/x/messages', 'anthropic'],
    ['https://a.test/x/messages?tenant=***', 'anthropic'],
    ['https://a.test/anthropic/chat/completions', undefined],
    ['https://a.test/v1/messages', 'anthropic', 'https://a.test/v1'],
    ['https://a.test/v1/chat/completions', undefined, 'https://a.test/v1'],
  ] as const) {
    const config = loaded({ providers: [{ name: 'a', base_url, type, api_key: 'k' }] })
    t.match(describeConfig(config).config, { providers: [{ base_url: printed }] })
  }
})

t.test('a password in the address and a key are one too many', async t => {
  t.strictSame(problemsOf(t, entry('https://user:pass@models.test/v1', ', api_key: sk-key')), [
    'hulumanage.yaml:2:15 providers[0].base_url: has a user and password, and the provider a key; keep one of them',
  ])
  t.same(problemsOf(t, entry('https://user:pass@models.test/v1')), [])
})
