// Errors whose status says less than their words, as services send them, and as gateways were reported to take them.
import t from 'tap'
import type { Blame } from '../../../src/attempt/failure.ts'
import { failureOfErrorObject } from '../../../src/attempt/status.ts'
import { ask } from '../../call.ts'
import { answer, error, sequence, head, write } from '../../fake-provider.ts'
import type { Json } from '../../fake-provider/content.ts'
import { proxyOver, received } from './proxy.ts'

const message = (text: string, more: object = {}) => ({ error: { message: text, ...more } }) as Json
const verify = 'Please go to: https://platform.openai.com/settings/organization/general'

type Row = readonly [service: string, status: number, blame: Blame, body: Json | undefined]

const rows: readonly Row[] = [
  // https://github.com/lidge-jun/opencodex/issues/712, https://github.com/Soju06/codex-lb/issues/480
  [
    'Codex',
    400,
    'model',
    { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." },
  ],
  // https://github.com/api7/aisix/issues/371
  [
    'DeepSeek',
    400,
    'model',
    message(
      'The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed deepseek-chat.',
      { type: 'invalid_request_error', param: null, code: 'invalid_request_error' },
    ),
  ],
  // https://github.com/can1357/oh-my-pi/issues/9569, https://github.com/QwenLM/qwen-code/issues/73
  [
    'OpenRouter',
    402,
    'unable',
    message(
      'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 3000.',
      { code: 402 },
    ),
  ],
  ['OpenRouter', 402, 'unable', message('Prompt tokens limit exceeded: 77084 > 67343.', { code: 402 })],
  [
    'GitHub Models',
    413,
    'unable',
    message('Request body too large for gpt-4o model. Max size: 8000 tokens.', {
      code: 'tokens_limit_reached',
    }),
  ],
  [
    'OpenAI',
    400,
    'unable',
    message(`Your organization must be verified to stream this model. ${verify}`, {
      type: 'invalid_request_error',
      param: 'stream',
      code: 'unsupported_value',
    }),
  ],
  [
    'Anthropic',
    429,
    'unable',
    message('Extra usage is required for long context requests.', { type: 'rate_limit_error' }),
  ],
  [
    'Anthropic',
    400,
    'unable',
    message('The long context beta is not yet available for this subscription.', {
      type: 'invalid_request_error',
    }),
  ],
  [
    'Anthropic',
    400,
    'unable',
    message(
      'This credential is only authorized for use with Claude Code and cannot be used for other API requests.',
    ),
  ],
  [
    'Azure',
    400,
    'unable',
    message('The chatCompletion operation does not work with the specified model, o1-pro.', {
      code: 'OperationNotSupported',
    }),
  ],
  // https://github.com/anomalyco/opencode/issues/12219
  [
    'OpenRouter',
    402,
    'key',
    message('You requested up to 32000 tokens, but can only afford 0.', { code: 402 }),
  ],
  // https://github.com/RooCodeInc/Roo-Code/issues/515
  [
    'OpenRouter',
    403,
    'key',
    message('Key limit exceeded (total limit). Manage it at openrouter.ai', { code: 403 }),
  ],
  [
    'Groq',
    400,
    'key',
    message('Organization has been restricted. Please reach out to support.', {
      code: 'organization_restricted',
    }),
  ],
  [
    'xAI',
    403,
    'key',
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: "Your newly created team doesn't have any credits or licenses yet.",
    },
  ],
  [
    'LiteLLM',
    400,
    'key',
    message('Budget has been exceeded! Current cost: 10.02, Max budget: 10.0', {
      type: 'budget_exceeded',
      code: '400',
    }),
  ],
  [
    'Alibaba',
    400,
    'key',
    message('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' }),
  ],
  ['Volcengine', 403, 'key', message('The request failed.', { code: 'AccountOverdueError' })],
  [
    'SiliconFlow',
    403,
    'key',
    { code: 30001, message: 'Sorry, your account balance is insufficient', data: null },
  ],
  // https://github.com/yym68686/uni-api/issues/140, https://github.com/Wei-Shaw/sub2api/issues/1709
  [
    'Gemini',
    400,
    'key',
    message('API key not valid. Please pass a valid API key.', {
      code: 400,
      status: 'INVALID_ARGUMENT',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
    }),
  ],
  ['Gemini', 400, 'key', message('API key expired. Please renew the API key.', { code: 400 })],
  ['Gemini', 400, 'refused', message('User location is not supported for the API use.', { code: 400 })],
  [
    'Anthropic',
    400,
    'key',
    message('You have reached your specified API usage limits. You will regain access on 2027-01-01.'),
  ],
  ['Anthropic', 400, 'key', message('This organization has been disabled.')],
  // https://github.com/songquanpeng/one-api/issues/90, https://github.com/tashfeenahmed/freellmapi/issues/66
  ['DeepSeek', 400, 'model', message('Model Not Exist', { code: 'invalid_request_error' })],
  ['OpenRouter', 400, 'model', message('gpt-4 is not a valid model ID', { code: 400 })],
  [
    'Mistral',
    400,
    'model',
    { object: 'error', message: 'Invalid model: gpt-4', type: 'invalid_model', param: null, code: '1500' },
  ],
  [
    'LiteLLM',
    400,
    'model',
    message('/chat/completions: Invalid model name passed in model=gpt-4. Call `/v1/models`', {
      code: '400',
    }),
  ],
  ['New API', 503, 'model', message('No available channel for model gpt-4', { code: 'model_not_found' })],
  // https://github.com/tashfeenahmed/freellmapi/issues/522, https://github.com/diegosouzapw/OmniRoute/issues/8248
  [
    'NVIDIA',
    400,
    'failing',
    { status: 400, title: 'Bad Request', detail: 'DEGRADED function cannot be invoked' },
  ],
  // https://github.com/laravel/ai/pull/925
  ['Groq', 498, 'failing', message('Flex tier capacity exceeded')],
  ['Azure', 424, 'failing', undefined],
  ['a proxy', 421, 'failing', undefined],
  ['nginx', 499, 'failing', undefined],
]

for (const [service, status, blame, body] of rows) {
  t.test(
    `${status} of ${service} is charged to its cause alone: ${blame} ${JSON.stringify(body)}`,
    async t => {
      const script = [error(status, body), answer('from a')]
      const { fakes, send, pool } = await proxyOver(t, [script, answer('from b')], {
        routing: { strategy: 'failover' },
      })
      t.equal(await (await send()).text(), 'from b', 'the next provider answers the request')
      const { breaker } = pool.get('a')!.state
      const now = performance.now()
      const isOut = blame === 'model' || blame === 'key'
      t.equal(breaker.admits('gpt-4', now), isOut ? 'no' : 'yes')
      t.equal(breaker.admits('another', now), blame === 'key' ? 'no' : 'yes')
      t.equal(await (await send(ask())).text(), isOut ? 'from b' : 'from a')
      t.strictSame(received(fakes), isOut ? [1, 2] : [2, 1])
    },
  )
}

// https://github.com/Wei-Shaw/sub2api/issues/5111, https://github.com/KarpelesLab/teamclaude/pull/391,
// https://github.com/CherryHQ/cherry-studio-app/issues/1065
t.test(
  'an error in a stream that has said nothing is that of its words, and another provider begins',
  async t => {
    const errors = [
      {
        message: 'Selected model is at capacity. Please try a different model.',
        type: 'invalid_request_error',
      },
      { message: 'The usage limit has been reached', type: 'usage_limit_reached', resets_in_seconds: 4000 },
      { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded' },
    ]
    const blames = errors.map(one => failureOfErrorObject('p', one).blame)
    t.strictSame(blames, ['failing', 'limited', 'limited'])
    for (const one of errors) {
      const empty = {
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
      }
      const said = [empty, { error: one }].map(data => `data: ${JSON.stringify(data)}\n\n`).join('')
      const broken = sequence(
        head(200, { 'content-type': 'text/event-stream', 'content-length': said.length }),
        write(said),
      )
      const { send } = await proxyOver(t, [broken, answer('from b')], { routing: { strategy: 'failover' } })
      t.equal(await (await send(ask('hello', { stream: true }))).text(), 'from b', one.message)
    }
  },
)

// https://github.com/maximhq/bifrost/issues/5876, https://github.com/maximhq/bifrost/pull/3491
t.test('however many keys are dead, one that works is found in the same request', async t => {
  for (const dead of [401, 402, 403, 429]) {
    const api_keys = Array.from({ length: 12 }, (_, index) => `sk-${index}`)
    const { fakes, send } = await proxyOver(
      t,
      [({ request }) => (request.headers['authorization'] === 'Bearer sk-11' ? answer('ok') : error(dead))],
      {},
      [{ api_keys }],
    )
    t.equal(await (await send()).text(), 'ok', String(dead))
    t.equal(fakes[0]!.requests.length, 12)
  }
})

// https://github.com/yym68686/uni-api/issues/140
t.test('a dead key costs one call, whatever status says so, and the other key serves all', async t => {
  for (const [service, status, blame, body] of rows.filter(row => row[2] === 'key')) {
    const dead = error(status, body)
    const { fakes, send } = await proxyOver(
      t,
      [({ request }) => (request.headers['authorization'] === 'Bearer sk-dead' ? dead : answer('ok'))],
      {},
      [{ api_keys: ['sk-dead', 'sk-good'] }],
    )
    for (let call = 0; call < 4; call++) t.equal(await (await send()).text(), 'ok', `${service}: ${blame}`)
    t.equal(fakes[0]!.requests.length, 5, service)
  }
})

// https://github.com/can1357/oh-my-pi/issues/4832, https://github.com/lidge-jun/opencodex/issues/4024
t.test('a key that is limited for hours leaves its requests to the next key', async t => {
  const perDay = error(
    429,
    message('Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000', { code: 429 }),
    { 'retry-after-ms': '57071146' },
  )
  const { fakes, send } = await proxyOver(
    t,
    [({ request }) => (request.headers['authorization'] === 'Bearer sk-used-up' ? perDay : answer('ok'))],
    {},
    [{ api_keys: ['sk-used-up', 'sk-fresh'] }],
  )
  for (let request = 0; request < 4; request++) t.equal(await (await send()).text(), 'ok')
  t.equal(fakes[0]!.requests.length, 5, 'the first key is asked once')
})

// https://github.com/Wei-Shaw/sub2api/pull/6460, https://github.com/NousResearch/hermes-agent/pull/100725
t.test('a model that nobody has is not one to wait for', async t => {
  const unknown = error(404, message('The model does not exist', { code: 'model_not_found' }))
  const { send } = await proxyOver(t, [unknown, unknown], {})
  for (const _ of [1, 2]) await t.rejects(send(), { code: 'model_not_found', status: 404 })
})
