import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { Test } from 'tap'
import t from 'tap'
import { answer, error, fakeProvider, json } from '../fake-provider.ts'
import { errorOf, serve } from './serve.ts'

async function clientsOf(t: Test, providers: readonly object[], more: object = {}) {
  const named = providers.map((provider, index) => ({ name: `p${index}`, api_key: 'sk-p', ...provider }))
  const config = { routing: { health_check: { enabled: false } }, providers: named, ...more }
  const url = await serve(t, JSON.stringify(config))
  return {
    claude: new Anthropic({ baseURL: url, apiKey: 'sk-client', maxRetries: 0 }),
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-client', maxRetries: 0 }),
  }
}

const messages = [{ role: 'user' as const, content: 'x'.repeat(400) }]

t.test('tokens are counted by the provider to which Messages would be relayed', async t => {
  const [plain, anthropic] = [await fakeProvider(t), await fakeProvider(t, json({ input_tokens: 42 }))]
  const { claude } = await clientsOf(t, [
    { base_url: plain.url, models: ['gpt'] },
    { base_url: anthropic.url, type: 'anthropic', models: ['claude'], model_map: { claude: 'claude-5' } },
  ])
  const betas = ['context-1m-2025-08-07']
  const thinking = { type: 'thinking' as const, thinking: 'unsigned', signature: '' }
  const history = [
    ...messages,
    { role: 'assistant' as const, content: [thinking, { type: 'text' as const, text: 'y' }] },
    ...messages,
  ]
  t.match(await claude.beta.messages.countTokens({ model: 'claude', messages: history, betas }), {
    input_tokens: 42,
  })
  const [request] = anthropic.requests
  t.match(request!.path, /^\/v1\/messages\/count_tokens/)
  t.match(request!.body, { model: 'claude-5' })
  t.notMatch(request!.text, 'unsigned')
  t.match(request!.headers, { 'x-api-key': 'sk-p', 'anthropic-beta': /context-1m-2025-08-07/ })
  t.match(await claude.messages.countTokens({ model: 'gpt', messages }), { input_tokens: 104 })
  t.equal(plain.requests.length, 0)
  const cached = { model: 'claude', messages, cache: { 'no-cache': true } }
  await claude.messages.countTokens(cached)
  t.notOk('cache' in anthropic.requests.at(-1)!.body, 'a field of ours')
})

t.test('tokens are estimated if no provider can count them, and a wrong request is refused', async t => {
  for (const status of [404, 500, 529, 401]) {
    const anthropic = await fakeProvider(t, error(status))
    const { claude } = await clientsOf(t, [{ base_url: anthropic.url, type: 'anthropic' }])
    t.match(await claude.messages.countTokens({ model: 'claude', messages }), { input_tokens: 104 })
    t.equal(anthropic.requests.length, 1)
  }
  const refusing = await fakeProvider(t, error(400, 'messages: too many'))
  const { claude } = await clientsOf(t, [{ base_url: refusing.url, type: 'anthropic' }])
  t.match(await errorOf(claude.messages.countTokens({ model: 'claude', messages })), {
    status: 400,
    error: { error: { message: 'messages: too many' } },
  })
})

t.test('the service at base_url is not asked to count in a format it does not speak', async t => {
  const plain = await fakeProvider(t)
  const { claude } = await clientsOf(t, [], { base_url: plain.url })
  t.match(await claude.messages.countTokens({ model: 'm', messages }), { input_tokens: 104 })
  t.equal(plain.requests.length, 0)
})

t.test('input tokens are counted by a provider that speaks Responses, else estimated', async t => {
  const counted = await fakeProvider(t, json({ object: 'response.input_tokens', input_tokens: 7 }))
  const chat = await fakeProvider(t, answer('one'))
  const { openai } = await clientsOf(t, [
    { base_url: counted.url, api: 'responses', models: ['big'] },
    { base_url: chat.url, models: ['small'] },
  ])
  t.match(await openai.responses.inputTokens.count({ model: 'big', input: 'Hello' }), { input_tokens: 7 })
  t.match(counted.requests, [{ path: '/v1/responses/input_tokens', body: { model: 'big', input: 'Hello' } }])
  const { id } = await openai.responses.create({ model: 'small', input: 'x'.repeat(400) })
  t.same(await openai.responses.inputTokens.count({ model: 'small', input: 'x'.repeat(400) }), {
    object: 'response.input_tokens',
    input_tokens: 104,
  })
  const continued = { model: 'small', previous_response_id: id, input: 'x'.repeat(400) }
  t.match(await openai.responses.inputTokens.count(continued), { input_tokens: 213 })
})
