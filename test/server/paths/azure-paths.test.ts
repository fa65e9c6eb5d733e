import OpenAI, { AzureOpenAI } from 'openai'
import t from 'tap'
import { fakeProvider } from '../../fake-provider.ts'
import { startHost } from '../host.ts'
import { hello, serve } from '../serve.ts'

const messages = hello.messages as OpenAI.ChatCompletionMessageParam[]
const apiVersion = '2024-10-21'

t.test("Azure's client is answered at the address of the server alone, with its own key header", async t => {
  const server = await serve(t, { config: { api_keys: ['key'] } })
  const client = new AzureOpenAI({ endpoint: server.url, apiKey: 'key', apiVersion, maxRetries: 0 })
  const whole = await client.chat.completions.create({ model: 'bon-gpt-4', messages })
  t.equal(whole.choices[0]?.message.content, 'hello')
  const texts: string[] = []
  for await (const chunk of await client.chat.completions.create({ model: 'm', messages, stream: true }))
    texts.push(chunk.choices[0]?.delta.content ?? '')
  t.equal(texts.join(''), 'hello')
  t.equal((await client.responses.create({ model: 'm', input: 'Hi' })).output_text, 'hello')
  await t.rejects(client.models.retrieve('unknown'), { status: 404, code: 'model_not_found' })
  t.strictSame(
    server.requests.map(({ request }) => request.model),
    ['bon-gpt-4', 'm', 'm'],
  )
})

t.test('the deployment in a path is the model, whatever the body names', async t => {
  const provider = await fakeProvider(t)
  const host = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'a', base_url: provider.url, api_key: 'sk-test' }],
  })
  const bodies = [
    { messages },
    { model: 'other', messages },
    { model: null, messages },
    { model: 'org/m', messages },
  ]
  for (const body of bodies) {
    const path = '/openai/deployments/org%2Fm/chat/completions?api-version=2024-10-21'
    const headers = { 'content-type': 'application/json', 'api-key': 'any' }
    const response = await fetch(host.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    t.equal(response.status, 200)
    await response.text()
  }
  t.strictSame(
    provider.requests.map(({ body }) => body['model']),
    bodies.map(() => 'org/m'),
  )
})

t.test('a deployment may have any name that a path can spell', async t => {
  const server = await serve(t)
  await server.post('/openai/deployments/caf%C3%A9/chat/completions?API-Version=1', { messages })
  t.equal(server.requests[0]?.request.model, 'café')
  const malformed = await server.post('/openai/deployments/%ff/chat/completions', { messages })
  t.match(
    [malformed.status, await malformed.json()],
    [400, { error: { code: 'invalid_value', param: 'model' } }],
  )
})

t.test("a version of Azure's API does not reach the service of a path that is passed on", async t => {
  const provider = await fakeProvider(t)
  const host = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'a', base_url: provider.url, api_key: 'sk-test' }],
  })
  const path = '/openai/deployments/image/images/generations?api-version=2024-10-21&n=1'
  const headers = { 'content-type': 'application/json' }
  await (await fetch(host.url + path, { method: 'POST', headers, body: '{"prompt":"a cat"}' })).text()
  const [request] = provider.requests
  t.equal(request?.path, '/v1/images/generations?n=1')
  t.strictSame(request?.body, { prompt: 'a cat', model: 'image' })
})

t.test("the path that Groq's client adds is answered", async t => {
  const server = await serve(t)
  const client = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: 'any', maxRetries: 0 })
  const whole = await client.chat.completions.create({ model: 'm', messages })
  t.equal(whole.choices[0]?.message.content, 'hello')
})

t.test("a path below Azure's that nothing answers is refused", async t => {
  const server = await serve(t)
  for (const path of ['/openai', '/openai/', '/openai/deployments//x']) {
    const response = await fetch(server.url + path, { method: 'POST', body: '{}' })
    t.equal(response.status, 404, path)
    t.match(await response.json(), { error: { code: 'unknown_url' } })
  }
})
