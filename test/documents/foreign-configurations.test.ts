import t from 'tap'
import { serveHere } from '../cli/serve-here.ts'
import { serve } from '../cli/spawn.ts'
import { error, fakeProvider } from '../fake-provider.ts'

async function ask(url: string, model: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.text()
  return response.status
}

t.test('endpoints of .env take turns, with no file and no approach named', async t => {
  const [one, two] = [await fakeProvider(t), await fakeProvider(t)]
  const cwd = t.testdir({
    '.env': `OPENAI_API_KEY="sk-of-openai-1"\nSERVICE_ENDPOINTS={\n  "openai": [\n    "${one.url}",\n    "${two.url}"\n  ]\n}\n`,
  })
  const { url } = await serveHere(t, { cwd })
  for (let count = 0; count < 4; count++) t.equal(await ask(url, 'gpt-4'), 200)
  t.same([one.requests.length, two.requests.length], [2, 2])
  t.equal(one.requests[0]?.headers['authorization'], 'Bearer sk-of-openai-1')
})

t.test('without a key in .env, the start and the refusal of the service name its variable', async t => {
  const provider = await fakeProvider(t, error(401))
  const cwd = t.testdir({ '.env': `SERVICE_ENDPOINTS='{"openai": ["${provider.url}"]}'\n` })
  const { url, logged } = await serve(t, [], { cwd })
  await logged('is called without a key, because neither OPENAI_API_KEYS nor OPENAI_API_KEY is set')
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  t.equal(response.status, 502)
  t.match(await response.json(), {
    error: { message: /set its api_key, or OPENAI_API_KEY or OPENAI_API_KEYS/ },
  })
})

t.test('providers of config.yaml are tried by priority, and clients send X-API-Key', async t => {
  const [first, second] = [await fakeProvider(t), await fakeProvider(t)]
  const provider = (name: string, address: string, priority: number) =>
    `  - {name: ${name}, type: openai, base_url: "${address}", api_key_env: KEY, models: [gpt-4], priority: ${priority}}\n`
  const cwd = t.testdir({
    'config.yaml': `app_name: x\napi_keys: [client-key]\napi_key_header: X-API-Key\nproviders:\n${provider('b', second.url, 2)}${provider('a', first.url, 1)}`,
    '.env': 'KEY=sk-of-provider\n',
  })
  const { url, log } = await serve(t, [], { cwd })
  t.equal(await ask(url, 'gpt-4'), 401)
  t.equal(await ask(url, 'gpt-4', { 'X-API-Key': 'client-key' }), 200)
  t.same([first.requests.length, second.requests.length], [1, 0])
  t.match(log().join('\n'), 'does not matter: config.yaml:1:1 app_name')
  await first.stop()
  t.equal(await ask(url, 'gpt-4', { 'X-API-Key': 'client-key' }), 200)
  t.equal(second.requests[0]?.headers['authorization'], 'Bearer sk-of-provider')
})

t.test('endpoints of a group in llmproxy.yaml share the load of its name by weight', async t => {
  const [one, two] = [await fakeProvider(t), await fakeProvider(t)]
  const entry = (address: string, weight: number) =>
    `      - {model: real-${weight}, weight: ${weight}, params: {base_url: "${address}", api_key: os.environ/KEY}}\n`
  const cwd = t.testdir({
    'my.yaml': `model_groups:\n  - model_group: group\n    models:\n${entry(one.url, 2)}${entry(two.url, 1)}`,
  })
  const { url } = await serveHere(t, { cwd, env: { LLMPROXY_CONFIG: 'my.yaml', KEY: 'sk-of-group-1' } })
  for (let count = 0; count < 6; count++) t.equal(await ask(url, 'group'), 200)
  t.same([one.requests.length, two.requests.length], [4, 2])
  t.equal(one.requests[0]?.body['model'], 'real-2')
  t.equal(one.requests[0]?.headers['authorization'], 'Bearer sk-of-group-1')
})

t.test('deployments of LiteLLM serve their name, and a fallback group takes over', async t => {
  const [main, spare] = [await fakeProvider(t), await fakeProvider(t)]
  await main.stop()
  const entry = (name: string, address: string) =>
    `  - {model_name: ${name}, litellm_params: {model: openai/${name}-real, api_base: "${address}", api_key: k}}\n`
  const cwd = t.testdir({
    'config.yaml': `model_list:\n${entry('main', main.url)}${entry('spare', spare.url)}router_settings: {fallbacks: [{main: [spare]}]}\n`,
  })
  const { url } = await serveHere(t, { cwd })
  t.equal(await ask(url, 'main'), 200)
  t.equal(spare.requests[0]?.body['model'], 'spare-real')
})
