import t from 'tap'
import { client } from '../fake-provider/client.ts'
import { error } from '../fake-provider.ts'
import type { Service } from './index.ts'
import { strict, strictProvider } from './index.ts'

const messages = [{ role: 'user', content: 'Hi' }]
const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-api-key': 'k' }

const post = async (url: string, path: string, body: object) => {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, text: await response.text() }
}

const good: Record<Service, readonly [string, object]> = {
  openai: ['/chat/completions', { model: 'gpt-4o', messages }],
  anthropic: ['/messages', { model: 'claude-sonnet-4-5', max_tokens: 5, messages }],
  gemini: ['/chat/completions', { model: 'gemini-2.5-pro', messages }],
  deepseek: ['/chat/completions', { model: 'deepseek-chat', messages }],
  'deepseek-r1': ['/chat/completions', { model: 'deepseek-r1', messages }],
  mistral: ['/chat/completions', { model: 'mistral-small-latest', messages }],
  qwen: ['/chat/completions', { model: 'qwen', messages }],
  alternating: ['/chat/completions', { model: 'gemma', messages }],
}

for (const [service, [path, body]] of Object.entries(good) as [Service, readonly [string, object]][]) {
  void t.test(`a strict ${service} answers requests that the service accepts`, async t => {
    const provider = await strictProvider(t, service)
    const { status, text } = await post(provider.url, path, body)
    t.match({ status, text }, { status: 200, text: /ok/ })
    t.same(provider.refused, [])
  })

  void t.test(`a strict ${service} refuses in the service's own format`, async t => {
    const provider = await strictProvider(t, service)
    const wrong = [...messages, { role: 'user', content: 'x', reasoning_content: 'x' }, { role: 'model' }]
    const { status, text } = await post(provider.url, path, { ...body, messages: wrong })
    t.equal(status, service === 'mistral' ? 422 : 400)
    t.equal('error' in [JSON.parse(text)].flat()[0], service !== 'mistral')
    t.not(provider.refused.length, 0)
  })
}

t.test('a strict OpenAI recognizes Responses by the path', async t => {
  const provider = await strictProvider(t, 'openai')
  t.match(await post(provider.url, '/responses', { model: 'gpt-5', input: 'Hi' }), {
    status: 200,
    text: /"response"/,
  })
  t.match(await post(provider.url, '/responses', { model: 'gpt-5', messages }), { status: 400 })
  t.same(provider.refused, ['messages: the service does not know this field'])
})

t.test('a strict Anthropic counts tokens and checks headers', async t => {
  const provider = await strictProvider(t, 'anthropic')
  const asked = { model: 'claude-sonnet-4-5', messages }
  t.match(await post(provider.url, '/messages/count_tokens', asked), { status: 200, text: /input_tokens/ })
  const response = await fetch(`${provider.url}/messages`, { method: 'POST', body: '{}' })
  t.equal(response.status, 400)
  await response.text()
  t.match(provider.refused, ['anthropic-version: the header is required', /x-api-key/])
})

t.test('a refused request does not advance the script', async t => {
  const provider = await strictProvider(t, 'openai', [error(503)])
  const ask = client(t, provider.url)
  for (const [fields, status] of [
    [{}, 400],
    [{ messages }, 503],
    [{ messages }, 200],
  ] as const) {
    const response = await ask(fields)
    await response.body.dump()
    t.equal(response.statusCode, status)
  }
})

t.test("any provider's action can be made strict", async t => {
  const provider = await strictProvider(t, 'qwen', strict('alternating'))
  const twice = [...messages, ...messages]
  t.match(await post(provider.url, '/chat/completions', { model: 'm', messages: twice }), { status: 400 })
  t.same(provider.refused, [], 'the inner one refused')
})
