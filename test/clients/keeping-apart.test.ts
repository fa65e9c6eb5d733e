import t from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { serve } from './serve.ts'

/** Summaries are asked for with this word; the rest are answers. */
const summarizing: Action = ({ request }) =>
  answer(request.text.includes('Summarize') ? 'They spoke of many things.' : 'the answer')

const turns = Array.from({ length: 6 }, (_, at) => [
  { role: 'user', content: `${at} ${'word '.repeat(300)}` },
  { role: 'assistant', content: 'word '.repeat(300) },
])
const messages = [...turns.flat(), { role: 'user', content: 'What now?' }]

async function ask(url: string, key: string, body: object): Promise<Response> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  await response.text()
  return response
}

t.test('compact summarizes a conversation once for each client, whole or streamed', async t => {
  const provider = await fakeProvider(t, summarizing)
  const config = {
    approach: 'proxy',
    api_keys: ['sk-first-client', 'sk-second-client'],
    routing: { health_check: { enabled: false } },
    steps: { compact: { window: 1024, summary: 64 } },
    providers: [{ name: 'only', base_url: provider.url, api_key: 'sk-provider' }],
  }
  const url = await serve(t, JSON.stringify(config))
  const callsOf = async (key: string, stream: boolean) => {
    const before = provider.requests.length
    const response = await ask(url, key, { model: 'compact-m', messages, stream })
    t.equal(response.status, 200)
    return provider.requests.length - before
  }
  const first = await callsOf('sk-first-client', false)
  t.ok(first > 1)
  t.equal(await callsOf('sk-first-client', true), 1)
  t.equal(await callsOf('sk-second-client', false), first)
  t.equal(await callsOf('sk-second-client', true), 1)
})

t.test('pick runs a method with the params of the configuration, then with those of the request', async t => {
  const provider = await fakeProvider(t, ({ request }) => {
    const n = (request.body['n'] as number | undefined) ?? 1
    return answer(Array.from({ length: n }, () => '391'))
  })
  const config = {
    approach: 'proxy',
    routing: { health_check: { enabled: false } },
    steps: { self_consistency: { n: 6, adaptive: false } },
    providers: [{ name: 'only', base_url: provider.url, api_key: 'sk-provider' }],
  }
  const url = await serve(t, JSON.stringify(config))
  const body = { model: 'pick-m', messages: [{ role: 'user', content: 'What is 17 * 23?' }] }
  await ask(url, 'any', body)
  await ask(url, 'any', { ...body, hulumanage_params: { self_consistency: { n: 4 } } })
  t.same(
    provider.requests.map(request => request.body['n']),
    [6, 4],
  )
})
