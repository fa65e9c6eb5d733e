import t from 'tap'
import type { Test } from 'tap'
import type { Chunk } from '../../src/contract/index.ts'
import { eventStream, messages } from '../fake-messages.ts'
import { answer, fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { responses } from '../fake-responses.ts'
import { serve } from './serve.ts'

const head = { id: 'c', created: 1_755_000_000, model: 'm' }

/** A chat service that names the configuration of its backend. */
function named(system_fingerprint: string | null): Action {
  const choice = { index: 0, finish_reason: 'stop' }
  const said = { role: 'assistant', content: 'Hi' }
  const whole = { ...head, object: 'chat.completion', choices: [{ ...choice, message: said }] }
  const chunk = { ...head, object: 'chat.completion.chunk', choices: [{ ...choice, delta: said }] }
  const streamed = [JSON.stringify({ ...chunk, system_fingerprint }), '[DONE]']
  return exchange =>
    exchange.request.body['stream'] === true
      ? eventStream(...streamed.map(data => `data: ${data}\n\n`))(exchange)
      : json({ ...whole, system_fingerprint })(exchange)
}

/** The fingerprints of a whole answer and of the chunks of a streamed one. */
async function fingerprints(t: Test, action: Action, entry: object, model: string): Promise<unknown[]> {
  const provider = await fakeProvider(t, action)
  const providers = [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }]
  const url = await serve(t, JSON.stringify({ routing: { health_check: { enabled: false } }, providers }))
  const ask = async (more: object) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more }),
    })
    const text = await response.text()
    t.equal(response.status, 200, text)
    return text
  }
  const whole = await ask({})
  const streamed = await ask({ stream: true, stream_options: { include_usage: true } })
  const chunks = [...streamed.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => data!)
  t.ok(chunks.length > 1, streamed)
  const all = [whole, ...chunks].map(text => (JSON.parse(text) as Chunk)['system_fingerprint'])
  return [...new Set(all)]
}

// The spec has a text or nothing, and OpenAI also sends null: https://github.com/openai/openai-openapi/issues/167
// Clients refuse nothing, https://github.com/MercuryTechnologies/openai/pull/50, or null,
// https://github.com/archestra-ai/archestra/pull/625; OpenRouter's SDK one in whole answers, the other in streams.
t.test('a chat that is translated has a fingerprint, and no chat that is written has null', async t => {
  t.same(await fingerprints(t, messages('Hi'), { type: 'anthropic' }, 'm'), ['fp_hulumanage'])
  t.same(await fingerprints(t, responses('Hi'), { api: 'responses' }, 'm'), ['fp_hulumanage'])
  t.same(
    await fingerprints(t, answer('Hi'), {}, 'bon-m'),
    ['fp_hulumanage', undefined],
    'a stream needs none',
  )
  t.same(await fingerprints(t, named(null), {}, 'bon-m'), ['fp_hulumanage'])
})

t.test('the fingerprint of a service reaches clients', async t => {
  t.same(await fingerprints(t, named('fp_1'), {}, 'bon-m'), ['fp_1'])
  // The end that the service left out is added without one.
  t.same(await fingerprints(t, named('fp_1'), {}, 'm'), ['fp_1', undefined])
})
