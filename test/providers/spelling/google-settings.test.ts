import t from 'tap'
import { world } from './world.ts'

const messages = [{ role: 'user', content: 'hi' }]
const google = { thinking_config: { thinking_level: 'low', include_thoughts: true }, cached_content: 'c/1' }

// https://ai.google.dev/gemini-api/docs/openai, https://github.com/su-kaka/gcli2api/pull/131
t.test('settings of Google stay in the extra_body of the body, where its API reads them', async t => {
  for (const fields of [{ extra_body: { google } }, { google }, { google: {}, extra_body: { google } }]) {
    const { provider, post } = await world(t, 'gemini', { type: 'gemini' })
    for (const [path, body] of [
      ['chat/completions', { messages }],
      ['messages', { messages, max_tokens: 99 }],
      ['responses', { input: 'hi' }],
    ] as const) {
      const { status, text } = await post(`/v1/${path}`, { model: 'gemini-3-flash', ...body, ...fields })
      t.equal(status, 200, text)
    }
    t.same(provider.refused, [])
    t.equal(provider.requests.length, 3)
    for (const { body } of provider.requests) t.same(body['extra_body'], { google })
  }
})

t.test('other fields of a literal extra_body are those of the body, as the SDKs merge them', async t => {
  const { provider, post } = await world(t, 'gemini', { type: 'gemini' })
  const extra_body = { google, temperature: 0 }
  await post('/v1/chat/completions', { model: 'gemini-3-flash', messages, extra_body })
  t.match(provider.requests[0]!.body, { temperature: 0, extra_body: { google } })
  t.same(provider.requests[0]!.body['extra_body'], { google })
})

t.test(
  'no other known service gets the settings of Google, and an unknown one gets them as sent',
  async t => {
    for (const [service, entry] of [
      ['openai', { type: 'groq' }],
      ['anthropic', { type: 'anthropic' }],
      ['openai', { api: 'responses' }],
    ] as const) {
      const { provider, post } = await world(t, service, entry)
      const { status, text } = await post('/v1/chat/completions', {
        model: 'm',
        messages,
        extra_body: { google },
      })
      t.equal(status, 200, text)
      t.same(provider.refused, [])
      t.notOk('google' in provider.requests[0]!.body || 'extra_body' in provider.requests[0]!.body)
    }
    const { provider, post } = await world(t, 'openai')
    await post('/v1/chat/completions', { model: 'm', messages, extra_body: { google } })
    t.same(provider.requests[0]!.body['extra_body'], { google })
  },
)

t.test('the effort that Anthropic has in output_config reaches it from clients of all formats', async t => {
  const output_config = { effort: 'low' }
  for (const [path, body] of [
    ['chat/completions', { messages }],
    ['responses', { input: 'hi' }],
  ] as const) {
    const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
    const { status, text } = await post(`/v1/${path}`, { model: 'claude-opus-4-6', ...body, output_config })
    t.equal(status, 200, text)
    t.same(provider.requests[0]!.body['output_config'], output_config)
  }
})
