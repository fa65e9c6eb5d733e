import t from 'tap'
import { answer, error, json, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { responseOf } from '../fake-responses.ts'
import { hintNamedIn } from '../../src/providers/fields/refused-hints.ts'
import { world } from './spelling/world.ts'

const messages = [{ role: 'user', content: 'hi, in json' }]

/** A service that refuses a field with its own message, and answers without the field. */
function refusing(field: string, refusal: Action): Action {
  return ({ request: { body } }) => {
    const [outer = '', inner] = field.split('.')
    const value = body[outer] as Record<string, unknown> | undefined
    const isThere = inner === undefined ? value !== undefined : value?.[inner] !== undefined
    return isThere ? refusal : body['stream'] === true ? stream(['fine']) : answer(['fine', 'good', 'great'])
  }
}

const said = (message: string, fields: object = {}) =>
  error(400, { error: { message, type: 'invalid_request_error', param: null, code: null, ...fields } })

const refusals: Readonly<Record<string, Action>> = {
  OpenAI: said('Unrecognized request argument supplied: stream_options'),
  'a gateway': said('Extra inputs are not permitted: stream_options'),
  'OpenAI today': said("Unknown parameter: 'stream_options'.", {
    param: 'stream_options',
    code: 'unknown_parameter',
  }),
  pydantic: error(422, {
    detail: [
      { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' },
    ],
  }),
  vLLM: said(
    "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]",
  ),
}

for (const [name, refusal] of Object.entries(refusals)) {
  t.test(`a field of ours is left out once a service refuses it: ${name}`, async t => {
    const { provider, post } = await world(t, 'openai', {}, refusing('stream_options', refusal))
    for (const calls of [2, 3]) {
      const { status, text } = await post('/v1/chat/completions', { model: 'm', messages, stream: true })
      t.equal(status, 200, text)
      t.match(text, /fine[^]*\[DONE\]/)
      t.equal(provider.requests.length, calls)
    }
    t.notOk('stream_options' in provider.requests.at(-1)!.body)
  })
}

t.test('a field that was left out is shown by the trace of its call, and by the provider', async t => {
  const refusal = said('Unrecognized request argument supplied: user')
  const { post, get } = await world(t, 'openai', {}, refusing('user', refusal))
  const body = { model: 'old', messages, user: 'u', hulumanage_trace: true }
  const traces: unknown[] = []
  for (const _call of [1, 2]) {
    const { text } = await post('/v1/chat/completions', body)
    traces.push((JSON.parse(text) as { readonly hulumanage_trace: unknown }).hulumanage_trace)
  }
  const attempt = { provider: 'only', outcome: 'ok', left_out: ['user'] }
  t.match(traces, [[{ attempts: [attempt] }], [{ attempts: undefined }]])
  t.match(await get('/providers'), {
    providers: [{ refused: [{ model: 'old', fields: ['user'] }] }],
  })
})

t.test('of several hints that a refusal may be about, the one that the body has is left out', t => {
  const words = "messages.1: extra inputs are not permitted: 'tool_calls', 'reasoning_content'"
  const body = { messages: [{ role: 'assistant', content: 'a', reasoning_content: 'b' }] }
  t.equal(
    hintNamedIn(words, true, () => body),
    'reasoning_content of messages',
  )
  t.end()
})

t.test('a field left out for one model is still sent to others', async t => {
  const { provider, post } = await world(t, 'openai', {}, ({ request: { body } }) =>
    body['model'] === 'old' && 'user' in body
      ? said('Unrecognized request argument supplied: user')
      : answer('fine'),
  )
  for (const model of ['old', 'old', 'new'])
    t.equal((await post('/v1/chat/completions', { model, messages, user: 'u' })).status, 200)
  t.same(
    provider.requests.map(({ body }) => `${String(body['model'])} ${String('user' in body)}`),
    ['old true', 'old false', 'old false', 'new true'],
  )
})

t.test('metadata is left out where a service takes it with stored answers alone', async t => {
  const refusal = said("The 'metadata' parameter is only allowed when 'store' is enabled.")
  const { provider, post } = await world(t, 'openai', {}, refusing('metadata', refusal))
  const body = { model: 'm', messages, metadata: { trace: 'x' } }
  t.equal((await post('/v1/chat/completions', body)).status, 200)
  t.same(
    provider.requests.map(({ body: { metadata } }) => metadata),
    [{ trace: 'x' }, undefined],
  )
})

t.test(
  "labels of LiteLLM's clients, and wishes about a cache that is off, are left out once refused",
  async t => {
    const extra = { tags: ['team-a'], cache: { 'no-cache': true } }
    for (const [field, value] of Object.entries(extra)) {
      const refusal = said(`Unrecognized request argument supplied: ${field}`)
      const { provider, post } = await world(t, 'qwen', {}, refusing(field, refusal))
      t.equal((await post('/v1/chat/completions', { model: 'm', messages, [field]: value })).status, 200)
      t.same(
        provider.requests.map(({ body: { [field]: sent } }) => sent),
        [value, undefined],
      )
    }
  },
)

t.test('a hint inside an object is left out alone, even from a relayed body', async t => {
  const refusal = said("Unsupported parameter: 'reasoning.effort' is not supported with this model.", {
    param: 'reasoning.effort',
    code: 'unsupported_parameter',
  })
  const { provider, post } = await world(
    t,
    'openai',
    { api: 'responses' },
    refusing('reasoning.effort', refusal),
  )
  const body = { model: 'm', input: 'hi', reasoning: { effort: 'high', summary: 'auto' } }
  await post('/v1/responses', body)
  t.same(
    provider.requests.map(({ body: { reasoning } }) => reasoning),
    [body.reasoning, { summary: 'auto' }],
  )
})

t.test('a field that shapes the answer is never left out', async t => {
  const fields = {
    temperature: 0,
    seed: 1,
    stop: ['x'],
    response_format: { type: 'json_object' },
    parallel_tool_calls: false,
    store: true,
    service_tier: 'flex',
    tools: [{ type: 'function', function: { name: 'f' } }],
  }
  for (const field of Object.keys(fields)) {
    const { provider, post } = await world(
      t,
      'openai',
      {},
      said(`Unsupported parameter: '${field}'`, { param: field }),
    )
    const { status, text } = await post('/v1/chat/completions', { model: 'm', messages, ...fields })
    t.match({ status, text }, { status: 400, text: /Unsupported parameter/ })
    t.equal(provider.requests.length, 1, field)
  }
})

t.test('a field that a step added is left out once a service refuses it, whatever it is for', async t => {
  const refusals = [
    said('`temperature` is deprecated for this model.'),
    said("Unsupported value: 'temperature' does not support 0.5 with this model.", {
      code: 'unsupported_value',
    }),
    said('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    said('temperature must be 1'),
    error(422, { detail: [{ loc: ['body', 'temperature'], msg: 'Input should be 1' }] }),
  ]
  for (const refusal of refusals) {
    const { provider, post } = await world(t, 'openai', {}, refusing('temperature', refusal))
    const body = { model: 'bon-m', messages, top_p: 0.9, hulumanage_params: { bon: { temperature: 0.5 } } }
    t.equal((await post('/v1/chat/completions', body)).status, 200)
    t.same(
      provider.requests.slice(0, 3).map(({ body: { temperature, top_p } }) => [temperature, top_p]),
      [
        [0.5, 0.9],
        [undefined, 0.9],
        [undefined, 0.9],
      ],
    )
    const own = await post('/v1/chat/completions', { model: 'none-m', messages, temperature: 0.5 })
    t.ok(own.status >= 400, 'but not from a request of a client')
  }
})

t.test('concurrent calls are repeated without a field that is refused in each of them', async t => {
  const refusal = said('Unrecognized request argument supplied: reasoning_effort')
  const { provider, post } = await world(t, 'openai', {}, refusing('reasoning_effort', refusal))
  const body = { model: 'm', messages, reasoning_effort: 'high' }
  const answers = await Promise.all([1, 2, 3].map(() => post('/v1/chat/completions', body)))
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  t.ok(provider.requests.length > 3)
})

t.test('an error about a value, or about something else, is the answer', async t => {
  const others = [
    said("Unsupported value: 'reasoning_effort' does not support 'high'.", {
      param: 'reasoning_effort',
      code: 'unsupported_value',
    }),
    said('The user is not allowed to do this.'),
    said('Extra inputs are not permitted', { param: 'messages.0.user' }),
    said('reasoning_effort must be a text'),
  ]
  for (const other of others) {
    const { provider, post } = await world(t, 'openai', {}, other)
    const body = { model: 'm', messages, user: 'u', reasoning_effort: 'high' }
    t.equal((await post('/v1/chat/completions', body)).status, 400)
    t.equal(provider.requests.length, 1)
  }
})

t.test('a service that refuses a field it did not get is not retried forever', async t => {
  const entry = { rename: { end_user: 'user' } }
  const { provider, post } = await world(
    t,
    'openai',
    entry,
    said('Unrecognized request argument supplied: user'),
  )
  t.equal((await post('/v1/chat/completions', { model: 'm', messages, end_user: 'u' })).status, 400)
  t.equal(provider.requests.length, 2)
})

t.test('the maximum length gets the other name where a service knows only that one', async t => {
  const cases = [
    [
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    ['max_completion_tokens', 'Unrecognized request argument supplied: max_completion_tokens'],
  ] as const
  for (const [name, message] of cases) {
    const { provider, post } = await world(t, 'openai', {}, refusing(name, said(message)))
    for (const calls of [2, 3]) {
      const { status, text } = await post('/v1/chat/completions', {
        model: 'my-deployment',
        messages,
        [name]: 9,
      })
      t.equal(status, 200, text)
      t.equal(provider.requests.length, calls)
    }
    const { max_tokens: older, max_completion_tokens: newer } = provider.requests.at(-1)!.body
    t.same([older, newer], name === 'max_tokens' ? [undefined, 9] : [9, undefined])
  }
  const neither = said("Unsupported parameter: 'max_tokens' or 'max_completion_tokens'")
  const { provider, post } = await world(t, 'openai', {}, neither)
  t.equal((await post('/v1/chat/completions', { model: 'm', messages, max_tokens: 9 })).status, 400)
  t.equal(provider.requests.length, 2)
})

t.test('a model that seals no thoughts is not asked for them', async t => {
  const refusal = said('Encrypted content is not supported with this model.', { param: 'include' })
  const fine = json(responseOf('fine'))
  const { provider, post } = await world(t, 'openai', { api: 'responses' }, ({ request }) =>
    'include' in request.body ? refusal : fine,
  )
  const tools = [
    { type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } },
  ]
  for (const calls of [2, 3]) {
    const { status, text } = await post('/v1/chat/completions', { model: 'gpt-5-new', messages, tools })
    t.match({ status, text }, { status: 200, text: /fine/ })
    t.equal(provider.requests.length, calls)
  }
})
