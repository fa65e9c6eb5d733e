import t from 'tap'
import { hintNamedIn } from '../../src/providers/fields/refused-hints.ts'
import { answer as chatAnswer, error, fakeProvider, json } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { serve } from '../clients/serve.ts'
import { refuses } from './refuses.ts'

type Fields = Readonly<Record<string, unknown>>

const mark = { type: 'ephemeral', scope: 'global' }
const tool = {
  name: 'f',
  input_schema: {
    type: 'object',
    properties: { scope: { type: 'string' }, defer_loading: { type: 'string' } },
  },
}
const body = {
  model: 'm',
  max_tokens: 99,
  system: [{ type: 'text', text: 'Be brief.', cache_control: mark }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: mark }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: { scope: 'all' } }] },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c', content: 'fine', cache_control: mark }],
    },
  ],
  tools: [{ ...tool, defer_loading: true, eager_input_streaming: true }, tool],
  context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
}

const { scope: _scope, ...plainMark } = mark
const withoutScope = JSON.parse(
  JSON.stringify(body).replaceAll(JSON.stringify(mark), JSON.stringify(plainMark)),
) as Fields
const { defer_loading: _defer, ...eager } = body.tools[0]! as Fields
const { eager_input_streaming: _eager, ...deferred } = body.tools[0]! as Fields
const { context_management: _management, ...unmanaged } = body

/** The words of services that refuse a hint, and the body that they get then. */
const refusals: readonly (readonly [string, Fields])[] = [
  // https://github.com/anthropics/claude-code/issues/31033
  ['tools.0.custom.defer_loading: Extra inputs are not permitted', { ...body, tools: [eager, tool] }],
  // https://github.com/anomalyco/opencode/issues/23193
  [
    'tools.0.custom.eager_input_streaming: Extra inputs are not permitted',
    { ...body, tools: [deferred, tool] },
  ],
  // https://github.com/caozhiyuan/copilot-api/issues/143
  ['system.1.cache_control.ephemeral.scope: Extra inputs are not permitted', withoutScope],
  // https://github.com/decolua/9router/issues/1468
  ['context_management: Extra inputs are not permitted', unmanaged],
]

for (const [message, expected] of refusals) {
  t.test(`a hint of Claude Code is left out once a service refuses it: ${message}`, async t => {
    const provider = await fakeProvider(t, ({ request }) =>
      JSON.stringify(request.body) === JSON.stringify(body)
        ? error(400, { type: 'error', error: { type: 'invalid_request_error', message } })
        : json(messageOf('fine')),
    )
    const own = { name: 'only', type: 'anthropic', base_url: provider.url, api_key: 'k' }
    const url = await serve(
      t,
      JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
    )
    for (const _ of [1, 2]) {
      const response = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      t.equal(response.status, 200, await response.text())
    }
    t.same(
      provider.requests.map(request => request.body),
      [body, expected, expected],
    )
  })
}

const dumped = {
  role: 'assistant',
  content: 'Hello',
  refusal: null,
  audio: null,
  function_call: null,
  tool_calls: null,
  annotations: [],
}
const history = [{ role: 'user', content: 'Hi' }, dumped, { role: 'user', content: 'Again' }]
const plainHistory = history.with(1, { role: 'assistant', content: 'Hello' })

// https://github.com/anomalyco/opencode/issues/23193
for (const message of [
  "Extra inputs are not permitted, field: 'messages[1].refusal', value: None",
  "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'annotations' is unsupported)]",
]) {
  t.test(`empty fields of answers are left out once a service refuses them: ${message}`, async t => {
    const provider = await fakeProvider(t, ({ request }) =>
      'refusal' in (request.body['messages'] as object[])[1]!
        ? error(400, { error: { message } })
        : chatAnswer('fine'),
    )
    const url = await serve(
      t,
      JSON.stringify({
        providers: [{ name: 'only', base_url: provider.url, api_key: 'k' }],
        routing: { health_check: { enabled: false } },
      }),
    )
    for (const _ of [1, 2]) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: history }),
      })
      t.equal(response.status, 200, await response.text())
    }
    t.same(
      provider.requests.map(request => request.body['messages']),
      [history, plainHistory, plainHistory],
    )
  })
}

// https://github.com/maximhq/bifrost/issues/2765
t.test('so is a list of calls without any, or null in its place, in the words of OpenAI', async t => {
  for (const [calls, message] of [
    [[], "Invalid 'messages[1].tool_calls': empty array. Expected an array with minimum length 1."],
    [[], "[] is too short - 'messages.1.tool_calls'"],
    [null, "Invalid type for 'messages[1].tool_calls': expected an array of objects, but got null instead."],
  ] as const) {
    const provider = await fakeProvider(t, ({ request }) =>
      'tool_calls' in (request.body['messages'] as object[])[1]!
        ? error(400, { error: { message } })
        : chatAnswer('fine'),
    )
    const own = { name: 'only', base_url: provider.url, api_key: 'k' }
    const routing = { health_check: { enabled: false } }
    const url = await serve(t, JSON.stringify({ providers: [own], routing }))
    const called = { role: 'assistant', content: 'Hello', tool_calls: calls }
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: history.with(1, called) }),
    })
    t.equal(response.status, 200, await response.text())
    t.same(provider.requests.at(-1)?.body['messages'], plainHistory)
  }
})

t.test('a service that is known not to know them never gets empty fields of answers', async t => {
  const provider = await fakeProvider(t, chatAnswer('fine'))
  const own = { name: 'only', type: 'mistral', base_url: provider.url, api_key: 'k' }
  const url = await serve(
    t,
    JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
  )
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: history }),
  })
  t.equal(response.status, 200, await response.text())
  t.same(provider.requests[0]?.body['messages'], plainHistory)
})

// https://github.com/BerriAI/litellm/issues/15097; LlamaIndex sends both by itself.
t.test('sampling that has no effect is left out if a model refuses it, and no other', async t => {
  const both = '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'
  const deprecated = '`temperature` is deprecated for this model.'
  const asked = (fields: object) => ({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...fields })
  for (const [message, sent, left] of [
    [both, { temperature: 0.1, top_p: 1 }, { temperature: 0.1 }],
    [both, { temperature: 1, top_p: 0.9 }, { top_p: 0.9 }],
    [deprecated, { temperature: 1 }, {}],
  ] as const) {
    const then = asked({ temperature: 0.3 })
    await refuses(t, asked(sent), [400, { error: { message } }], asked(left), { then })
  }
  for (const fields of [{ temperature: 0.1, top_p: 0.9 }, { temperature: 0.5 }])
    t.equal(
      hintNamedIn(both, false, () => asked(fields)),
      undefined,
    )
})

t.test('a field is left out at the value that has no effect alone', async t => {
  const tools = [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ]
  const asked = (fields: object) => ({
    model: 'm',
    messages: [{ role: 'user', content: 'hi' }],
    tools,
    ...fields,
  })
  for (const [field, idle, effective] of [
    ['logprobs', false, true],
    ['presence_penalty', 0, 1],
    ['parallel_tool_calls', true, false],
    ['store', false, true],
    ['temperature', 1, 0.3],
    ['top_p', 1, 0.9],
  ] as const) {
    const message = `Unsupported parameter: '${field}'`
    const refusal = { error: { message, param: field, code: 'unsupported_parameter' } }
    const then = asked({ [field]: effective })
    await refuses(t, asked({ [field]: idle }), [400, refusal], asked({}), { then })
  }
})

// As Copilot CLI 1.0.102 and Claude Code 2.1.332 ask Claude to think.
t.test('betas of thinking are left out once a service refuses them, and it still thinks', async t => {
  const thinking = {
    type: 'adaptive',
    display: 'summarized',
    block_binding: { prefix_mismatch_behavior: 'drop_block' },
  }
  const asked = (fields: object) => ({
    model: 'm',
    max_tokens: 99,
    messages: [{ role: 'user', content: 'Hi' }],
    thinking: fields,
  })
  for (const field of ['display', 'block_binding'] as const)
    for (const place of ['thinking', 'thinking.adaptive']) {
      const message = `${place}.${field}: Extra inputs are not permitted`
      const { [field]: _beta, ...rest } = thinking
      await refuses(
        t,
        asked(thinking),
        [400, { type: 'error', error: { type: 'invalid_request_error', message } }],
        asked(rest),
        { path: '/v1/messages', entry: { type: 'anthropic' }, fine: json(messageOf('fine')) },
      )
    }
})
