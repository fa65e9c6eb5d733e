import { answer, error } from '../fake-provider.ts'
import { clientTest } from './serve.ts'

interface Body {
  readonly error: { readonly message: string; readonly code: string | null; readonly type: string }
}

async function told(baseURL: string, path: string, body: object) {
  const response = await fetch(`${baseURL}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-client' },
    body: JSON.stringify({ model: 'm', ...body }),
  })
  const { error: sent } = (await response.json()) as Body
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...sent }
}

const messages = [{ role: 'user', content: 'Hi' }]
const inOrder = { routing: { strategy: 'failover', health_check: { enabled: false } } } as const
const busy = { error: { message: 'Slow down', type: 'tokens', code: 'rate_limit_exceeded' } }

clientTest('a 404 names the address that was asked, to clients of every dialect', async (t, start) => {
  const { baseURL, provider } = await start([error(404, { detail: 'Not Found' })], inOrder)
  const place = `asked for ${provider.url}/chat/completions`
  for (const [path, body] of [
    ['chat/completions', { messages }],
    ['messages', { messages, max_tokens: 10 }],
    ['responses', { input: 'Hi' }],
  ] as const) {
    const { status, message } = await told(baseURL, path, body)
    t.match({ status, message }, { status: 404, message: `Not Found; ${place}` })
  }
})

clientTest('a 404 to a request that is passed on names the address that it went to', async (t, start) => {
  const { baseURL, provider } = await start([error(404, { detail: 'Not Found' })], inOrder)
  for (const path of [
    '/rerank',
    '/images/generations?format=b64',
    '/embeddings/all',
    '/chat/completions/1',
  ]) {
    const { message } = await told(baseURL, path.slice(1), {})
    t.equal(message, `Not Found; asked for ${provider.url}${path.split('?', 1)[0]}`)
  }
})

clientTest('clients with a key of the server are not told where its providers are', async (t, start) => {
  const config = { ...inOrder, api_keys: ['sk-client'] }
  const { baseURL, provider } = await start([error(404, { detail: 'Not Found' })], config)
  const { status, message } = await told(baseURL, 'chat/completions', { messages })
  t.match({ status, message }, { status: 404, message: /^Not Found; asked for \/\S+\/chat\/completions$/ })
  t.notOk(message.includes(new URL(provider.url).host))
})

// vLLM without a parser, and Ollama with a model without a template for tools
clientTest('after a server that has the model without tools, the next one is asked', async (t, start) => {
  const tools = [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ]
  for (const message of [
    '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    'registry.ollama.ai/library/gemma3:27b does not support tools',
  ]) {
    const refusal = error(400, { error: { message, type: 'api_error' } })
    const { baseURL, provider, providers } = await start([[refusal], answer('fine')], inOrder)
    for (const body of [{ messages, tools }, { messages }])
      t.equal((await told(baseURL, 'chat/completions', body)).status, 200)
    t.equal(provider.requests.length, 2, 'it is still asked for answers without tools')
    t.equal(providers[1]?.requests.length, 1)
    const alone = await start([refusal], inOrder)
    const { status, message: words } = await told(alone.baseURL, 'chat/completions', { messages, tools })
    t.match({ status, words }, { status: 400, words: message })
  }
})

clientTest('a client reads of every attempt when one of several providers asks to wait', async (t, start) => {
  const limited = error(429, busy, { 'retry-after': '17' })
  const { baseURL } = await start([error(500, 'broken'), limited], inOrder)
  const answer = await told(baseURL, 'chat/completions', { messages })
  t.match(answer, { status: 429, retryAfter: '17', code: 'rate_limit_exceeded', type: 'tokens' })
  t.match(
    answer.message,
    /^All 2 providers failed\. .*status 500.*broken; .*asks to wait \(status 429\): Slow down/,
  )
})

clientTest('a single provider that asks to wait is quoted as it is', async (t, start) => {
  const { baseURL } = await start([error(429, busy, { 'retry-after': '17' })], inOrder)
  t.match(await told(baseURL, 'chat/completions', { messages }), { status: 429, message: /^Slow down$/ })
})

clientTest('a client reads of every attempt when no provider has the model', async (t, start) => {
  const lacking = (words: string) => error(404, { error: { message: words, code: 'model_not_found' } })
  const { baseURL } = await start([lacking('not here'), lacking('nor here')], inOrder)
  const { status, code, message } = await told(baseURL, 'chat/completions', { messages })
  t.match({ status, code }, { status: 404, code: 'model_not_found' })
  t.match(message, /^All 2 providers failed\. .*: not here; .*: nor here$/)
})

clientTest('a client reads how the models before a fallback failed', async (t, start) => {
  const { baseURL } = await start([error(404, { error: { message: 'none', code: 'model_not_found' } })], {
    ...inOrder,
    fallbacks: { any: { m: ['other'] } },
  })
  const { message } = await told(baseURL, 'chat/completions', { messages })
  t.match(message, /none; before that, "m": .*none/)
})
