// The page of LLMProxy, as its users follow it: its file, and the calls of the `openai` package that it shows.
import OpenAI from 'openai'
import t from 'tap'
import { serve } from '../clients/serve.ts'
import { answer, error, fakeProvider, json } from '../fake-provider.ts'
import type { FakeProvider } from '../fake-provider.ts'

const endpoint = ({ url }: FakeProvider, weight: number) =>
  `{model: gpt-4.1, weight: ${weight}, params: {api_key: os.environ/KEY, base_url: "${url}"}}`

function fileFor(group: string, ...endpoints: readonly string[]): string {
  return `model_groups:
  - model_group: ${group}
    models: [${endpoints.join(', ')}]
general_settings: {bind_port: 4243, http_timeout: 300, num_retries: 3, allowed_fails: 1, cooldown_time: 60, cache: True}
cache_params: {type: redis, ttl: 604800, namespace: llmproxy.cache}
`
}

const env = { KEY: 'sk-of-group-1' }

t.test('answers and streams are replayed until the cache is cleared, or a request says no-cache', async t => {
  const fake = await fakeProvider(t, answer('Once upon a time'))
  const url = await serve(t, fileFor('gpt-4.1', endpoint(fake, 1)), { env })
  const client = new OpenAI({ baseURL: url, apiKey: 'dummy-key', maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Hello from LLMProxy' }]
  const chat = async (more: object = {}) => {
    const { choices } = await client.chat.completions.create({ model: 'gpt-4.1', messages, ...more })
    return choices[0]?.message.content
  }
  const story = async () => {
    const input = [{ role: 'user' as const, content: 'Tell me a story' }]
    let text = ''
    for await (const event of await client.responses.create({ model: 'gpt-4.1', input, stream: true }))
      if (event.type === 'response.output_text.delta') text += event.delta
    return text
  }
  for (const ask of [chat, story]) {
    const before = fake.requests.length
    t.same([await ask(), await ask()], ['Once upon a time', 'Once upon a time'])
    t.equal(fake.requests.length, before + 1)
  }
  // The SDK for Python merges `extra_body` into the request; others send it as it is.
  for (const more of [{ cache: { 'no-cache': true } }, { extra_body: { cache: { 'no-cache': true } } }]) {
    const before = fake.requests.length
    await chat(more)
    t.equal(fake.requests.length, before + 1)
    t.notHas(fake.requests.at(-1)?.body, { cache: {} })
  }
  // As curl sends it, and as the SDK for Python does, which names a type although there is no body.
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    t.equal((await fetch(`${url}/cache`, { method: 'DELETE', headers })).status, 200)
    const before = fake.requests.length
    await chat()
    t.equal(fake.requests.length, before + 1)
  }
})

t.test('embeddings are cached, too', async t => {
  const vector = { object: 'list', model: 'e', data: [{ object: 'embedding', index: 0, embedding: [0.5] }] }
  const fake = await fakeProvider(t, json({ ...vector, usage: { prompt_tokens: 2, total_tokens: 2 } }))
  const url = await serve(t, fileFor('text-embedding-3-large', endpoint(fake, 1)), { env })
  const client = new OpenAI({ baseURL: url, apiKey: 'dummy-key', maxRetries: 0 })
  const request = { model: 'text-embedding-3-large', input: 'Searchable content' }
  for (let time = 0; time < 2; time++)
    t.ok((await client.embeddings.create(request)).data[0]?.embedding.length)
  t.equal(fake.requests.length, 1)
})

t.test('an endpoint of weight 0 answers when all others fail, and not before', async t => {
  const [main, spare] = [await fakeProvider(t, answer('main')), await fakeProvider(t, answer('spare'))]
  const url = await serve(t, fileFor('gpt-4.1', endpoint(spare, 0), endpoint(main, 1)), { env })
  const client = new OpenAI({ baseURL: url, apiKey: 'dummy-key', maxRetries: 0 })
  const say = async (content: string) => {
    const { choices } = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content }],
    })
    return choices[0]?.message.content
  }
  t.same([await say('one'), await say('two')], ['main', 'main'])
  main.script(error(500))
  t.equal(await say('three'), 'spare')
})
