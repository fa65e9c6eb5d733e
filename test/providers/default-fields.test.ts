import t from 'tap'
import { providerSchema } from '../../src/config/schema.ts'
import { answer } from '../fake-provider.ts'
import { messages } from '../fake-messages.ts'
import { serve } from '../matrix/serve.ts'

const defaults = { temperature: 0.3, max_tokens: 700, seed: 5 }

t.test('a field that the request does not set is sent as the provider has it', async t => {
  const { client, fakes } = await serve(t, [answer()], { entries: [{ defaults }] })
  const sent = async (fields: object) => {
    t.equal((await client.ask({ ...fields })).status, 200)
    const { temperature, max_tokens, max_completion_tokens, seed } = fakes[0]!.requests.at(-1)!.body
    return { temperature, max_tokens, max_completion_tokens, seed }
  }
  t.match(await sent({}), { temperature: 0.3, max_tokens: 700, seed: 5 })
  t.match(await sent({ temperature: 0, seed: null }), { temperature: 0, max_tokens: 700, seed: 5 })
  t.match(
    await sent({ max_completion_tokens: 9 }),
    { max_tokens: undefined, max_completion_tokens: 9 },
    'a limit has two names',
  )
  const whole = { temperature: 1, max_tokens: 2, seed: 3 }
  t.match(await sent(whole), whole)
})

t.test(
  'they reach Anthropic, with a maximum length of their own, and other APIs under their names',
  async t => {
    const anthropic = { type: 'anthropic', defaults: { temperature: 0.3, max_tokens: 700, top_k: 4 } }
    const { client, fakes } = await serve(t, [messages()], { entries: [anthropic] })
    await client.ask()
    t.match(fakes[0]!.requests.at(-1)!.body, { temperature: 0.3, max_tokens: 700, top_k: 4 })
    const native = { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }
    await client.post('/v1/messages', native)
    t.match(fakes[0]!.requests.at(-1)!.body, { temperature: 0.3, max_tokens: 50, top_k: 4 })
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    await client.post('/v1/messages', { ...native, max_tokens: 2000, thinking })
    t.notOk('temperature' in fakes[0]!.requests.at(-1)!.body, 'a request that thinks takes none')
  },
)

t.test('what only a request may set, and figures out of bounds, are refused', async t => {
  const isValid = (fields: object) => providerSchema.safeParse({ name: 'a', defaults: fields }).success
  t.ok(isValid({ reasoning_effort: 'low', stop: ['\n'] }))
  for (const field of ['model', 'messages', 'stream', 'stream_options', 'tools', 'n'])
    t.notOk(isValid({ [field]: 1 }), field)
  for (const fields of [{ temperature: -1 }, { max_tokens: 0 }, { top_p: 2 }, { max_completion_tokens: 1.5 }])
    t.notOk(isValid(fields), JSON.stringify(fields))
})
