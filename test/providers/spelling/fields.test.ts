import t from 'tap'
import { answer } from '../../fake-provider.ts'
import { world } from './world.ts'

const messages = [{ role: 'user', content: 'hi' }]

t.test('fields are dropped and renamed for a provider and for a model', async t => {
  const { provider, post } = await world(t, 'openai', {
    drop: ['seed'],
    rename: { max_tokens: 'max_completion_tokens' },
    model_fields: { 'house-*': { drop: ['temperature'] } },
  })
  const body = { messages, seed: 1, temperature: 0, max_tokens: 9 }
  await post('/v1/chat/completions', { model: 'house-1', ...body })
  await post('/v1/chat/completions', { model: 'other', ...body })
  t.same(
    provider.requests.map(request => request.body),
    [
      { model: 'house-1', messages, max_completion_tokens: 9 },
      { model: 'other', messages, temperature: 0, max_completion_tokens: 9 },
    ],
  )
})

t.test('names of functions that a service refuses are shortened, and restored in the answer', async t => {
  const name = `mcp.server/${'tool'.repeat(20)}`
  const tool = { type: 'function', name, parameters: { type: 'object' } }
  for (const stream of [false, true]) {
    const { provider, post } = await world(t, 'openai', {}, async exchange => {
      const offered = (exchange.request.body['tools'] as { function: { name: string } }[])[0]!.function.name
      const call = { id: 'call_1', type: 'function', function: { name: offered, arguments: '{}' } }
      return answer({ tool_calls: [{ index: 0, ...call }] }, { finish: 'tool_calls' })
    })
    const { text } = await post('/v1/responses', { model: 'gpt-4o', input: 'hi', tools: [tool], stream })
    t.same(provider.refused, [])
    t.ok(text.includes(JSON.stringify(name)), text)
  }
})
