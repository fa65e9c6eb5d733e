import t from 'tap'
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
  for (const origin of ['https://api.anthropic.com', 'https://api.openai.com/']) {
    const { config, warnings } = load(t, entry(origin, ', api_key: k'))
    t.match(config.providers, [{ base_url: `${origin.replace(/\/$/, '')}/v1` }])
    t.strictSame(warnings, [])
  }
  t.match(load(t, entry('https://api.openai.com/custom', ', api_key: k')).config.providers, [
    { base_url: 'https://api.openai.com/custom' },
  ])
})

t.test('an address for SDKs of Anthropic, which add the version, may be copied as it is', async t => {
  const baseUrlOf = (url: string, more = '') => load(t, entry(url, more)).config.providers[0]?.base_url
  for (const base of [
    'https://api.deepseek.com/anthropic',
    'https://api.z.ai/api/anthropic',
    'https://mine.services.ai.azure.com/anthropic',
    'https://gateway.ai.cloudflare.com/v1/account/gateway/anthropic',
  ])
    for (const tail of ['', '/', '/v1', '/v1/', '/v1/messages']) {
      t.equal(baseUrlOf(base + tail)?.replace(/\/$/, ''), `${base}/v1`, base + tail)
      t.equal(baseUrlOf(base + tail, ', type: anthropic')?.replace(/\/$/, ''), `${base}/v1`, base + tail)
    }
  const local = load(t, entry('http://localhost:4000', ', type: anthropic'))
  t.match(local.config.providers, [{ base_url: 'http://localhost:4000/v1' }])
  t.strictSame(local.warnings, [])
  t.equal(baseUrlOf('https://a.test/x?tenant=7', ', type: anthropic'), 'https://a.test/x/v1?tenant=7')
  // Somebody who gives the whole address knows it.
  t.equal(baseUrlOf('https://a.test/x/messages', ', type: anthropic'), 'https://a.test/x')
  for (const base of ['https://a.test/anthropic', 'https://a.test/x'])
    t.equal(baseUrlOf(base, ', type: openai'), base)
  t.equal(
    load(t, {}, { flags: { baseUrl: 'https://a.test/anthropic' } }).config.base_url,
    'https://a.test/anthropic/v1',
  )
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
})

t.test('a password in the address and a key are one too many', async t => {
  t.strictSame(problemsOf(t, entry('https://user:pass@models.test/v1', ', api_key: sk-key')), [
    'hulumanage.yaml:2:15 providers[0].base_url: has a user and password, and the provider a key; keep one of them',
  ])
  t.same(problemsOf(t, entry('https://user:pass@models.test/v1')), [])
})
