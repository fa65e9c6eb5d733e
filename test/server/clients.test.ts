import { OpenAI as LangChain } from '@langchain/openai'
import OpenAI from 'openai'
import t from 'tap'
import { answer, fakeProvider, stream } from '../fake-provider.ts'
import type { Owner } from '../fake-provider/ports.ts'
import { startHost } from './host.ts'

async function start(t: Owner, script: Parameters<typeof fakeProvider>[1]) {
  const provider = await fakeProvider(t, script)
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'fake', base_url: provider.url, api_key: 'sk-provider' }],
    routing: { health_check: { enabled: false } },
  })
  return { provider, baseURL: `${server.url}/v1` }
}

t.test('the OpenAI SDK receives whole answers and streams', async t => {
  const { provider, baseURL } = await start(t, [answer('Hello there'), stream(['Hel', 'lo'])])
  const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  const whole = await client.chat.completions.create({ model: 'gpt-4', messages })
  t.equal(whole.choices[0]?.message.content, 'Hello there')
  const parts: string[] = []
  for await (const part of await client.chat.completions.create({ model: 'gpt-4', messages, stream: true })) {
    parts.push(part.choices[0]?.delta.content ?? '')
  }
  t.equal(parts.join(''), 'Hello')
  t.equal(provider.requests[0]?.headers['authorization'], 'Bearer sk-provider')
})

t.test("LangChain's OpenAI class speaks legacy completions", async t => {
  const { provider, baseURL } = await start(t, [answer('Hello there'), stream(['Hel', 'lo'])])
  const model = new LangChain({ model: 'my-model', apiKey: 'any', maxRetries: 0, configuration: { baseURL } })
  t.equal(await model.invoke('Hi'), 'Hello there')
  let text = ''
  for await (const part of await model.stream('Hi')) text += part
  t.equal(text, 'Hello')
  t.match(provider.requests[0]?.body, { messages: [{ role: 'user', content: 'Hi' }] })
})
