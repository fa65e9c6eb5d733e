import t from 'tap'
import { refusedValue, withAcceptedValues } from '../../src/providers/fields/refused-value.ts'
import { answer, error, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { world } from './spelling/world.ts'

const messages = [{ role: 'user', content: 'hi' }]

/** A service whose model takes some values of a field, and refuses others with its own message. */
function taking(field: string, values: readonly string[], refusal: Action): Action {
  return call => {
    const { body } = call.request
    const [outer = '', inner] = field.split('.')
    const value =
      inner === undefined ? body[outer] : (body[outer] as Record<string, unknown> | undefined)?.[inner]
    if (value !== undefined && !values.includes(value as string)) return refusal
    return body['stream'] === true ? stream(['fine']) : answer('fine')
  }
}

const said = (message: string, fields: object = {}, status = 400) =>
  error(status, { error: { message, type: 'invalid_request_error', param: null, code: null, ...fields } })

const refusalOf = (message: string) => ({ message, type: 'invalid_request_error', param: null, code: null })

interface Report {
  readonly refusal: Action
  readonly asked: string
  readonly taken: readonly string[]
  readonly sent: string
}

const reports: Readonly<Record<string, Report>> = {
  // https://github.com/anomalyco/opencode/issues/4451
  'OpenAI, by its code': {
    refusal: said(
      "Unsupported value: 'minimal' is not supported with the 'gpt-5.1-codex-max' model. Supported values are: 'none', 'low', 'medium', and 'high'.",
      { param: 'reasoning.effort', code: 'unsupported_value' },
    ),
    asked: 'minimal',
    taken: ['none', 'low', 'medium', 'high'],
    sent: 'low',
  },
  // https://github.com/Kilo-Org/cloud/pull/3807
  'Kimi Code': {
    refusal: said(
      "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low', 'medium', and 'high'.",
    ),
    asked: 'none',
    taken: ['minimal', 'low', 'medium', 'high'],
    sent: 'minimal',
  },
  // https://github.com/NousResearch/hermes-agent/pull/114885
  'a relay': {
    refusal: said("reasoning_effort 'none' unsupported; use minimal|low|medium|high|xhigh"),
    asked: 'none',
    taken: ['minimal', 'low', 'medium', 'high', 'xhigh'],
    sent: 'minimal',
  },
  // https://github.com/router-for-me/CLIProxyAPI/issues/1307
  'Kimi behind a gateway': {
    refusal: error(400, {
      detail:
        "Invalid request: 1 validation error: Validation error for `reasoning_effort`: expected one of `'low' | 'medium' | 'high'`, received `'xhigh'`.",
    }),
    asked: 'xhigh',
    taken: ['low', 'medium', 'high'],
    sent: 'high',
  },
  // https://github.com/router-for-me/CLIProxyAPI/issues/1572
  SGLang: {
    refusal: error(400, {
      object: 'error',
      message:
        "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'reasoning_effort'), 'msg': \"Input should be 'low', 'medium' or 'high'\", 'input': 'xhigh', 'ctx': {'expected': \"'low', 'medium' or 'high'\"}}",
      type: 'Bad Request',
      param: null,
      code: 400,
    }),
    asked: 'xhigh',
    taken: ['low', 'medium', 'high'],
    sent: 'high',
  },
  // https://github.com/mistralai/mistral-vibe/issues/1117
  'Mistral, with gaps': {
    refusal: said(
      "reasoning_effort 'medium' is not supported by this model, use one of ['low', 'high', 'max']",
    ),
    asked: 'medium',
    taken: ['low', 'high', 'max'],
    sent: 'high',
  },
  // https://github.com/nguyenphutrong/quotio/issues/287
  'a gateway that calls it a level': {
    refusal: said('level "max" not supported, valid levels: low, medium, high, xhigh'),
    asked: 'max',
    taken: ['low', 'medium', 'high', 'xhigh'],
    sent: 'xhigh',
  },
  'a model with one value': {
    refusal: said(
      "Unsupported value: 'low' is not supported with the 'gpt-5-pro' model. Supported values are: 'high'.",
      { param: 'reasoning_effort', code: 'unsupported_value' },
    ),
    asked: 'low',
    taken: ['high'],
    sent: 'high',
  },
}

for (const [name, { refusal, asked, taken, sent }] of Object.entries(reports)) {
  t.test(`an effort that a model lacks is the nearest that it has: ${name}`, async t => {
    const { provider, post, get } = await world(t, 'openai', {}, taking('reasoning_effort', taken, refusal))
    const body = { model: 'm', messages, reasoning_effort: asked }
    for (const calls of [2, 3]) {
      const { status, text } = await post('/v1/chat/completions', body)
      t.equal(status, 200, text)
      t.equal(provider.requests.length, calls, 'it is remembered')
      t.equal(provider.requests.at(-1)!.body['reasoning_effort'], sent)
    }
    await post('/v1/chat/completions', { ...body, reasoning_effort: taken[0], stream: true })
    t.equal(provider.requests.at(-1)!.body['reasoning_effort'], taken[0], 'values that it has stay')
    t.match(await get('/providers'), {
      providers: [{ refused: [{ model: 'm', fields: ['values of reasoning_effort'] }] }],
    })
  })
}

const unlisted: Readonly<Record<string, Action>> = {
  // https://github.com/vastsa/PI-Desktop/issues/603
  xAI: error(400, {
    code: 'invalid-argument',
    error: 'This model does not support `reasoning_effort` value `none`.',
  }),
  OpenAI: said("Unsupported value: 'none' is not supported with the 'gpt-6-astra' model.", {
    param: 'reasoning_effort',
    code: 'unsupported_value',
  }),
}

for (const [name, refusal] of Object.entries(unlisted)) {
  t.test(
    `a rare effort that a model lacks is the next one, also if its service lists none: ${name}`,
    async t => {
      const refusals: Action = call => {
        const asked = call.request.body['reasoning_effort']
        if (asked !== 'minimal') return taking('reasoning_effort', ['low', 'high'], refusal)(call)
        return said("reasoning_effort 'minimal' is unsupported")
      }
      const { provider, post } = await world(t, 'openai', {}, refusals)
      for (const calls of [3, 4]) {
        await post('/v1/chat/completions', { model: 'm', messages, reasoning_effort: 'none' })
        t.equal(provider.requests.length, calls, 'it is remembered')
        t.equal(provider.requests.at(-1)!.body['reasoning_effort'], 'low')
      }
    },
  )
}

t.test('a rare effort becomes one nearer to the middle', t => {
  for (const [asked, sent] of Object.entries({
    none: 'minimal',
    minimal: 'low',
    xhigh: 'high',
    max: 'xhigh',
  })) {
    const message = `This model does not support \`reasoning_effort\` value \`${asked}\`.`
    const body = { reasoning_effort: asked }
    const { name, accepted, nearest } = refusedValue(refusalOf(message), () => body, undefined)!
    t.equal(nearest, sent)
    t.same(withAcceptedValues(body, new Map([[name, accepted]])), { reasoning_effort: sent })
  }
  t.end()
})

t.test('an effort stays if its model refuses something else beside it', t => {
  for (const [asked, message] of [
    ['xhigh', "'temperature' is not supported when reasoning_effort is 'xhigh'"],
    ['xhigh', "Prompt caching is not supported with the reasoning effort 'xhigh'"],
    ['minimal', "Function tools with reasoning_effort 'minimal' are not supported"],
    ['minimal', "The tool web_search is not supported: reasoning_effort is 'minimal'"],
    ['none', "Invalid value for tool_choice: 'none' is not supported. (reasoning_effort is set)"],
  ] as const)
    t.equal(
      refusedValue(refusalOf(message), () => ({ reasoning_effort: asked }), undefined),
      undefined,
      message,
    )
  t.end()
})

t.test('the default of Groq is one of the efforts', t => {
  const message = '`reasoning_effort` must be one of `none` or `default`'
  for (const [asked, sent] of Object.entries({
    high: 'default',
    low: 'default',
    minimal: 'none',
    max: 'default',
  })) {
    const body = { reasoning_effort: asked }
    const { name, accepted } = refusedValue(refusalOf(message), () => body, undefined)!
    t.same(withAcceptedValues(body, new Map([[name, accepted]])), { reasoning_effort: sent })
  }
  t.end()
})

t.test('an effort in Responses and Messages is asked for in the same way', async t => {
  const refusal = said(
    "Unsupported value: 'xhigh' is not supported. Supported values are: 'low' and 'high'.",
    {
      param: 'reasoning.effort',
      code: 'unsupported_value',
    },
  )
  const script = taking('reasoning_effort', ['low', 'high'], refusal)
  const { provider, post } = await world(t, 'openai', {}, script)
  for (const [path, body] of [
    ['/v1/responses', { model: 'one', input: 'hi', reasoning: { effort: 'xhigh' } }],
    ['/v1/messages', { model: 'two', max_tokens: 9, messages, output_config: { effort: 'max' } }],
  ] as const) {
    const { status, text } = await post(path, body)
    t.equal(status, 200, text)
    t.equal(provider.requests.at(-1)!.body['reasoning_effort'], 'high')
  }
})

t.test('a verbosity that a model lacks is one that it has', async t => {
  const refusal = said(
    "Unsupported value: 'low' is not supported with the 'gpt-5-codex' model. Supported values are: 'medium'.",
    { param: 'text.verbosity', code: 'unsupported_value' },
  )
  const { provider, post } = await world(t, 'openai', {}, taking('verbosity', ['medium'], refusal))
  const body = { model: 'm', messages, verbosity: 'low', reasoning_effort: 'low' }
  const { status, text } = await post('/v1/chat/completions', body)
  t.equal(status, 200, text)
  t.match(provider.requests.at(-1)!.body, { verbosity: 'medium', reasoning_effort: 'low' })
})

t.test(
  'a value that is not a hint, or a service that takes none of its own values, is told to the client',
  async t => {
    const temperature = said(
      "Unsupported value: 'temperature' does not support 0.5. Only the default (1) value is supported.",
      {
        param: 'temperature',
        code: 'unsupported_value',
      },
    )
    for (const [field, refusal] of [
      ['temperature', temperature],
      ['reasoning_effort', said('reasoning_effort: expected one of low, high')],
      ['reasoning_effort', said('The effort is none of your business, or too high, or low')],
      ['service_tier', said("service_tier must be one of 'low' or 'high'")],
    ] as const) {
      const { provider, post } = await world(t, 'openai', {}, taking(field, [], refusal))
      const body = {
        model: 'm',
        messages,
        temperature: 0.5,
        service_tier: 'medium',
        reasoning_effort: 'medium',
      }
      const { status } = await post('/v1/chat/completions', body)
      t.equal(status, 400)
      t.ok(provider.requests.length <= 3, `${field}: ${provider.requests.length} calls`)
    }
  },
)

// https://github.com/QuantumNous/new-api/issues/5372, https://github.com/lidge-jun/opencodex/pull/5280,
// https://github.com/yym68686/uni-api/issues/105
t.test(
  'with drop_unsupported, fields that a model does not have are left out once it refuses them',
  async t => {
    const body = { model: 'm', messages, temperature: 0.5, stop: ['x'], presence_penalty: 1 }
    const fixed =
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported."
    const refusals = [
      ['temperature', said('invalid temperature: only 1 is allowed for this model')],
      ['temperature', said(fixed, { param: 'temperature', code: 'unsupported_value' })],
      ['stop', said('Model grok-4.6 does not support parameter stop.')],
      ['presence_penalty', said('Argument not supported on this model: presencePenalty')],
    ] as const
    for (const [field, refusal] of refusals) {
      const lax = await world(t, 'openai', { drop_unsupported: true }, taking(field, [], refusal))
      for (const calls of [2, 3]) {
        const { status, text } = await lax.post('/v1/chat/completions', body)
        t.equal(status, 200, text)
        t.equal(lax.provider.requests.length, calls, 'it is remembered')
      }
      const { [field]: _dropped, ...rest } = body
      t.same(lax.provider.requests.at(-1)!.body, rest)
      const strict = await world(t, 'openai', {}, taking(field, [], refusal))
      t.equal((await strict.post('/v1/chat/completions', body)).status, 400)
    }
  },
)

t.test('a value out of range is the mistake of the client, whatever may be left out', async t => {
  const refusal = said('temperature must be between 0 and 2; only values in this range are allowed', {
    param: 'temperature',
  })
  const script = taking('temperature', [], refusal)
  const { provider, post } = await world(t, 'openai', { drop_unsupported: true }, script)
  t.equal((await post('/v1/chat/completions', { model: 'm', messages, temperature: 0.5 })).status, 400)
  t.equal(provider.requests.length, 1)
})
