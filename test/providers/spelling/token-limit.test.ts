import t from 'tap'
import { providerSchema } from '../../../src/config/schema.ts'
import { builtInKinds, kindOf } from '../../../src/providers/kinds.ts'
import { acceptanceOf } from '../../../src/providers/spelling/accepts.ts'
import { spellChat } from '../../../src/providers/spelling/chat-request.ts'
import { world } from './world.ts'

const messages = [{ role: 'user', content: 'hi' }]
const limits = ({ max_tokens: older, max_completion_tokens: newer }: Readonly<Record<string, unknown>>) => ({
  older,
  newer,
})

t.test("the provider's name for the model determines the name of the maximum", async t => {
  const model_map = { 'claude-sonnet-4-5': 'gpt-5.1', 'my-fast': 'o4-mini', 'gpt-5-mini': 'llama-3.3-70b' }
  const { provider, post } = await world(t, 'openai', { model_map })
  await post('/v1/messages', { model: 'claude-sonnet-4-5', max_tokens: 100, messages })
  await post('/v1/responses', { model: 'my-fast', max_output_tokens: 100, input: 'hi' })
  await post('/v1/chat/completions', { model: 'my-fast', max_tokens: 100, messages })
  await post('/v1/messages', { model: 'gpt-5-mini', max_tokens: 100, messages })
  await post('/v1/chat/completions', { model: 'gpt-5-mini', max_completion_tokens: 100, messages })
  t.same(provider.refused, [])
  t.same(
    provider.requests.map(({ body }) => limits(body)),
    [
      { older: undefined, newer: 100 },
      { older: undefined, newer: 100 },
      { older: undefined, newer: 100 },
      { older: 100, newer: undefined },
      { older: 100, newer: undefined },
    ],
  )
})

t.test('a service that knows only one name gets that name', async t => {
  const { provider, post } = await world(t, 'mistral', { type: 'mistral' })
  const { status, text } = await post('/v1/chat/completions', {
    model: 'mistral-large',
    max_completion_tokens: 100,
    messages,
  })
  t.equal(status, 200, text)
  t.same(limits(provider.requests[0]!.body), { older: 100, newer: undefined })
})

t.test('a service with many models that ignores the newer name gets the older one', async t => {
  const kinds = {
    get: (name: string) => builtInKinds.find(kind => kind.name === name),
    values: () => builtInKinds,
  }
  const sentTo = (base_url: string) => {
    const config = providerSchema.parse({ name: 'p', base_url })
    const accepts = acceptanceOf(config, kindOf(config, kinds))
    const asked = { model: 'glm-5', messages, max_completion_tokens: 100 }
    return limits(spellChat(asked, { accepts, model: 'glm-5', native: true }))
  }
  for (const address of [
    'http://localhost:11434/v1',
    'http://192.168.1.2:11434/v1',
    'https://ollama.com/v1',
    'https://opencode.ai/zen/v1',
    'https://api.z.ai/api/coding/paas/v4',
    'https://open.bigmodel.cn/api/paas/v4',
    'https://integrate.api.nvidia.com/v1',
    'https://llm.chutes.ai/v1',
  ])
    t.same(sentTo(address), { older: 100, newer: undefined }, address)
  for (const address of [
    'http://localhost:8000/v1',
    'https://api.openai.com/v1',
    'https://notopencode.ai/v1',
  ])
    t.same(sentTo(address), { older: undefined, newer: 100 }, address)
})

t.test('Responses gets at least 16 tokens', async t => {
  const { provider, post } = await world(t, 'openai', { api: 'responses' })
  const { status, text } = await post('/v1/messages', { model: 'gpt-5', max_tokens: 1, messages })
  t.equal(status, 200, text)
  t.same(provider.refused, [])
  t.equal(provider.requests[0]!.body['max_output_tokens'], 16)
})
