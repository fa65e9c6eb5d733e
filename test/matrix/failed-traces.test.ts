import t from 'tap'
import { error, reset, stream } from '../fake-provider.ts'
import { dataOf } from './client.ts'
import { serve } from './serve.ts'

type Body = Readonly<Record<string, unknown>>

const traced = { hulumanage_trace: true }
const attempts = [{ provider: 'a', outcome: 'upstream_error' }]
const failed = { error: Object, hulumanage_trace: [{ path: 'proxy.bon.draw', attempts }] }

t.test('an error has the calls behind it beside it if its client asked for them, in each API', async t => {
  const server = await serve(t, [error(500)])
  const model = 'bon-m'
  const messages = [{ role: 'user', content: 'Hello' }]
  const requests = [
    ['/v1/chat/completions', { messages }],
    ['/v1/chat/completions', { messages, stream: true }],
    ['/v1/messages', { messages, max_tokens: 9 }],
    ['/v1/responses', { input: 'Hello' }],
  ] as const
  for (const [path, body] of requests) {
    const heard = await server.client.post(path, { ...body, model, ...traced })
    t.ok(heard.status >= 500, path)
    t.match(JSON.parse(heard.text), failed, path)
    const unasked = await server.client.post(path, { ...body, model })
    t.notOk('hulumanage_trace' in (JSON.parse(unasked.text) as Body), path)
  }
})

t.test('an error without calls says nothing of them', async t => {
  const server = await serve(t, [error(500)])
  const refused = await server.client.ask({ ...traced, model: 'nope&m-', hulumanage_approach: 'nope' })
  t.equal(refused.status, 400)
  t.notOk('hulumanage_trace' in (JSON.parse(refused.text) as Body))
})

t.test('the failures of several prompts have the calls of all', async t => {
  const server = await serve(t, [error(400)])
  const heard = await server.client.post('/v1/completions', { model: 'm', prompt: ['a', 'b'], ...traced })
  const { hulumanage_trace: calls } = JSON.parse(heard.text) as { hulumanage_trace: object[] }
  t.equal(calls.length, 2)
})

t.test('a stream that ends with an error has the calls in the event of the error', async t => {
  const config = { stream_failure: 'event' as const, routing: { stream_recovery: 'off' as const } }
  const server = await serve(t, [stream(['one ', reset()])], { config })
  const heard = await server.client.ask({ stream: true, ...traced })
  const last = dataOf(heard.text).at(-1)
  t.match(JSON.parse(String(last)), {
    error: Object,
    hulumanage_trace: [{ provider: 'a', error: 'upstream_truncated' }],
  })
})
