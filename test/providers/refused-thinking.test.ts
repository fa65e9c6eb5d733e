import t from 'tap'
import type { Test } from 'tap'
import { error, fakeProvider, gate, hold, json, sequence } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { serve } from '../clients/serve.ts'

type Refusals = Readonly<Record<string, string>>
type Fields = Readonly<Record<string, unknown>>

/** A service that says this of requests that think in one of these forms; `both`: adaptively and within a budget. */
function refusing(refusals: Refusals): Action {
  return ({ request: { body } }) => {
    const { type = 'none', budget_tokens: budget } = (body['thinking'] ?? {}) as Fields
    const message = refusals[type === 'adaptive' && budget !== undefined ? 'both' : String(type)]
    if (message === undefined) return json(messageOf('fine'))
    return error(400, { type: 'error', error: { type: 'invalid_request_error', message } })
  }
}

const question = { model: 'm', max_tokens: 32_000, messages: [{ role: 'user', content: 'hi' }] }

async function serveOver(t: Test, service: string): Promise<string> {
  const own = { name: 'only', type: 'anthropic', base_url: service, api_key: 'k' }
  return await serve(t, JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }))
}

async function post(url: string, body: Fields): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Sends a request as often as it has statuses; returns the thinking and the effort of each call to the service. */
async function askedFor(t: Test, refusals: Refusals, fields: Fields, statuses = [200, 200]) {
  const provider = await fakeProvider(t, refusing(refusals))
  const url = await serveOver(t, provider.url)
  for (const status of statuses) {
    const response = await post(url, { ...question, ...fields })
    t.equal(response.status, status, await response.text())
  }
  return provider.requests.map(({ body }) => body)
}

const adaptive = { thinking: { type: 'adaptive' } }
const enabled = { thinking: { type: 'enabled', budget_tokens: 10_000 } }

// https://github.com/anthropics/claude-code/issues/89633, https://github.com/diegosouzapw/OmniRoute/pull/1563
t.test('a model that thinks within a budget alone gets one for its effort', async t => {
  const refusals = [
    'adaptive thinking is not supported on this model',
    "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
    'thinking.type: Input should be "enabled" or "disabled", not "adaptive"',
  ]
  for (const refusal of refusals) {
    const sent = await askedFor(t, { adaptive: refusal }, adaptive)
    const fixed = { thinking: { type: 'enabled', budget_tokens: 16_384 } }
    t.match(sent, [adaptive, fixed, fixed])
    t.equal(sent.length, 3, 'a refusal is remembered')
  }
  const output_config = { effort: 'low' }
  const low = await askedFor(t, { adaptive: refusals[0]! }, { ...adaptive, output_config }, [200])
  t.match(low.at(-1), { thinking: { type: 'enabled', budget_tokens: 2048 } })
  const small = await askedFor(t, { adaptive: refusals[0]! }, { ...adaptive, max_tokens: 500 }, [200])
  t.notOk('thinking' in small.at(-1)!, 'no budget fits below a small maximum')
})

// https://github.com/Sylinko/Everywhere/issues/410, https://github.com/Oaklight/argo-proxy/issues/120
t.test('a model that thinks as long as it likes gets an effort for a budget', async t => {
  const refusal =
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
  const sent = await askedFor(t, { enabled: refusal }, enabled)
  const free = { ...adaptive, output_config: { effort: 'medium' } }
  t.match(sent, [enabled, free, free])
  t.equal(sent.length, 3)
  t.notOk('budget_tokens' in (sent.at(-1)!['thinking'] as object))
})

// https://github.com/anthropics/claude-code/issues/68551
t.test('a model that does not think is asked not to, and loses no edits but those of thoughts', async t => {
  const refusals = [
    'thinking: Extra inputs are not permitted',
    "Unsupported parameter: 'thinking'",
    'This model does not support thinking.',
  ]
  const edits = [{ type: 'clear_thinking_20251015' }, { type: 'clear_tool_uses_20250919' }]
  for (const refusal of refusals) {
    const fields = { ...adaptive, context_management: { edits } }
    const sent = await askedFor(t, { adaptive: refusal, enabled: refusal }, fields)
    t.equal(sent.length, 3)
    for (const body of sent.slice(1)) {
      t.notOk('thinking' in body)
      t.same(body['context_management'], { edits: edits.slice(1) })
    }
  }
})

t.test('a model that refuses both forms is asked without', async t => {
  const refusals = {
    adaptive: 'adaptive thinking is not supported on this model',
    enabled: '"thinking.type.enabled" is not supported for this model',
  }
  for (const thinking of [adaptive, enabled]) {
    const sent = await askedFor(t, refusals, thinking)
    t.same(
      sent.map(body => (body['thinking'] as Fields | undefined)?.['type']),
      [...(thinking === adaptive ? ['adaptive', 'enabled'] : ['enabled', 'adaptive']), undefined, undefined],
    )
  }
})

t.test('concurrent calls are each repeated in the form that the first refusal taught', async t => {
  const open = gate()
  const refuse = error(400, { error: { message: 'adaptive thinking is not supported on this model' } })
  const provider = await fakeProvider(t, ({ request: { body } }) =>
    (body['thinking'] as Fields)['type'] === 'adaptive'
      ? sequence(hold(open), refuse)
      : json(messageOf('fine')),
  )
  const url = await serveOver(t, provider.url)
  const asked = Promise.all([1, 2, 3].map(() => post(url, { ...question, ...adaptive })))
  await provider.waitFor(3)
  open.release()
  t.same(
    (await asked).map(({ status }) => status),
    [200, 200, 200],
  )
  t.ok(provider.requests.every(({ body }) => 'thinking' in body))
})

// https://github.com/routatic/proxy/issues/171
t.test('a budget of adaptive thinking is left out alone', async t => {
  const refusal = 'thinking.adaptive.budget_tokens: Extra inputs are not permitted'
  const sent = await askedFor(t, { both: refusal }, { thinking: { type: 'adaptive', budget_tokens: 0 } })
  t.same(
    sent.map(({ thinking }) => thinking),
    [{ type: 'adaptive', budget_tokens: 0 }, adaptive.thinking, adaptive.thinking],
  )
})

t.test('an error about something else leaves thinking as it is', async t => {
  const refusals = [
    'top_k: is not supported when thinking is enabled',
    'Thinking mode does not support this tool_choice',
    'messages.1.content.0.thinking.signature: Extra inputs are not permitted',
    '`max_tokens` must be greater than `thinking.budget_tokens`',
    'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    'Thinking is not supported when `tool_choice` forces a tool.',
  ]
  const fields = {
    top_k: 5,
    tool_choice: { type: 'auto' },
    tools: [{ name: 'f', input_schema: { type: 'object' } }],
  }
  for (const refusal of refusals) {
    const sent = await askedFor(t, { enabled: refusal }, { ...enabled, ...fields }, [400])
    t.match(sent, [enabled])
    t.equal(sent.length, 1, refusal)
  }
})
