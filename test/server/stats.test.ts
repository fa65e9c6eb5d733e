import t from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { replyFrom } from '../../src/chat/reply.ts'
import { startHost } from './host.ts'
import { hello, serve } from './serve.ts'
import type { Answer } from './serve.ts'

const keys = ['sk-canary-1', 'sk-canary-2', 'sk-canary-3']
const providers: ConfigInput['providers'] = [
  { name: 'a', type: 'openai', base_url: 'https://api.openai.com/v1', api_keys: keys },
  { name: 'b', type: 'openai', base_url: 'https://me:canary@proxy.example/v1/?key=canary', api_keys: keys },
  { name: 'c', type: 'anthropic', api_key: 'sk-canary-4' },
  { name: 'local', type: 'simulated' },
]
const endpoints = {
  openai: ['https://api.openai.com/v1', 'https://proxy.example/v1'],
  anthropic: ['https://api.anthropic.com/v1'],
}

const answer: Answer = (_asked, { onAttempt }) => {
  const attempt = { path: 'none', model: 'm', reason: 'weighted', totalMs: 90 }
  onAttempt?.({ ...attempt, provider: 'a', outcome: 'upstream_timeout', status: undefined, headMs: 500 })
  onAttempt?.({ ...attempt, provider: 'b', outcome: 'ok', status: 200, headMs: 20 })
  onAttempt?.({ ...attempt, provider: 'b', outcome: 'ok', status: 200, headMs: 40 })
  return replyFrom('hello', 'm')
}

async function read(url: string, headers: Record<string, string> = {}): Promise<string> {
  return await (await fetch(url, { headers })).text()
}

t.test('stats show the configuration and the counts, but no key', async t => {
  const server = await serve(t, { config: { providers }, answer })
  await (await server.post('/v1/chat/completions', hello)).text()
  await (await server.post('/v1/chat/completions', '{')).text()
  const text = await read(`${server.url}/stats`)
  const none = {
    requests: 0,
    successes: 0,
    failures: 0,
    success_rate: null,
    average_latency_ms: null,
    last_error: null,
  }
  t.match(JSON.parse(text), {
    load_balancer_stats: {
      openai: { keys_count: 3, endpoints: endpoints.openai },
      anthropic: { keys_count: 1, endpoints: endpoints.anthropic },
      simulated: { keys_count: 0, endpoints: [] },
    },
    uptime_seconds: Number,
    requests: { total: 2, failed: 1 },
    tokens: { prompt: 3, completion: 2, total: 5 },
    endpoints: {
      a: { requests: 1, successes: 0, failures: 1, success_rate: 0, last_error: 'upstream_timeout' },
      b: { requests: 2, successes: 2, failures: 0, success_rate: 1, average_latency_ms: 30 },
      c: none,
      local: none,
    },
  })
  t.notMatch(text, /canary/)
})

t.test('health counts keys and lists endpoints', async t => {
  const server = await serve(t, { config: { providers } })
  const text = await read(`${server.url}/health`)
  t.match(JSON.parse(text), {
    status: 'healthy',
    timestamp: Number,
    ready: true,
    load_balancer: { openai_keys_configured: 3, anthropic_keys_configured: 1, endpoints },
  })
  t.notMatch(text, /canary/)
})

t.test('the default upstream counts as well', async t => {
  const server = await serve(t, { config: { base_url: 'https://api.openai.com/v1', api_key: 'sk-canary' } })
  t.match(JSON.parse(await read(`${server.url}/stats`)), {
    load_balancer_stats: { openai: { keys_count: 1, endpoints: ['https://api.openai.com/v1'] } },
  })
})

t.test('pages for operators require a key if keys are configured', async t => {
  const server = await startHost(t, { api_keys: ['key'], providers: [{ name: 'a', type: 'simulated' }] })
  for (const path of ['/', '/stats', '/providers', '/metrics', '/v1/models']) {
    t.equal((await fetch(server.url + path)).status, 401, path)
    t.equal((await fetch(server.url + path, { headers: { 'x-api-key': 'key' } })).status, 200, path)
  }
  t.equal(await read(`${server.url}/health`), '{"status":"healthy"}')
  t.match(JSON.parse(await read(`${server.url}/health`, { 'x-api-key': 'key' })), {
    providers: { total: 1, healthy: 1, providers: { a: 'healthy' } },
  })
})

t.test('an attempt at a provider is counted', async t => {
  const simulate = { latency_ms: 0, token_ms: 0 }
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'a', type: 'simulated', simulate }],
  })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(hello)
  await (await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body })).text()
  t.match(JSON.parse(await read(`${server.url}/stats`)), {
    requests: { total: 1, failed: 0 },
    endpoints: { a: { requests: 1, successes: 1, average_latency_ms: Number, last_error: null } },
  })
})

t.test('a request that the server refuses is not a failure of an endpoint', async t => {
  const server = await serve(t, {
    config: { providers },
    answer: () => Promise.reject(new HulumanageError('queue_full', 'full')),
  })
  await (await server.post('/v1/chat/completions', hello)).text()
  t.match(JSON.parse(await read(`${server.url}/stats`)), {
    requests: { total: 1, failed: 1 },
    endpoints: { a: { requests: 0, failures: 0 } },
  })
})
