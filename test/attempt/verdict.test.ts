import t from 'tap'
import fc from 'fast-check'
import { failureCodes } from '../../src/attempt/failure.ts'
import type { Blame } from '../../src/attempt/failure.ts'
import { errorIn } from '../../src/chat/read/error.ts'
import { failureOfErrorObject, failureOfStatus, withClientsKey } from '../../src/attempt/status.ts'

type Row = readonly [status: number, blame: Blame, body: unknown]

const message = (text: string, more: object = {}) => ({ error: { message: text, ...more } })
const flagged =
  'openai/gpt-4o requires moderation. Your input was flagged for "violence". No credits were charged.'
const noAccess = 'Project `proj_x` does not have access to model `gpt-5`'
const deadKey = { reason: 'API_KEY_INVALID', domain: 'googleapis.com' }

/** Errors of real services, and whose fault they are. */
const rows: readonly Row[] = [
  // The request.
  [403, 'request', message(flagged, { code: 403, metadata: { reasons: ['violence'] } })],
  [400, 'request', message('The response was filtered', { code: 'content_filter' })],
  [
    400,
    'request',
    message('Output data may contain inappropriate content', { code: 'data_inspection_failed' }),
  ],
  [400, 'request', message("Unsupported value: 'temperature' does not support 0.6 with this model")],
  [400, 'request', message('Invalid model parameter: top_k')],
  [400, 'request', message('Missing file', { param: 'messages', code: 'invalid_value' })],
  [400, 'request', message('The thinking budget has been exceeded by max_tokens')],
  // https://github.com/agentgateway/agentgateway/issues/383
  [
    424,
    'request',
    message("Error retrieving tool list from MCP server: 'docs'. Http status code: 404 (Not Found)", {
      type: 'external_connector_error',
      param: 'tools',
    }),
  ],
  // A need of the request that others may serve.
  [404, 'unable', message('No endpoints found that support tool use. To learn more, visit the docs')],
  [404, 'unable', message('No endpoints found matching your data policy')],
  [413, 'unable', message('too long')],
  [413, 'unable', '<html><h1>413 Request Entity Too Large</h1></html>'],
  [413, 'request', message('prompt is too long: 250000 tokens')],
  [404, 'unable', message("Item with id 'rs_1' not found")],
  [
    429,
    'unable',
    message('Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50123'),
  ],
  [
    413,
    'unable',
    message('Request too large for model m: please reduce your message size', {
      code: 'rate_limit_exceeded',
    }),
  ],
  // The key or its account.
  [401, 'key', message('Incorrect API key provided', { code: 'invalid_api_key' })],
  [401, 'key', ''],
  [402, 'key', message('Insufficient Balance')],
  [
    400,
    'key',
    [message('API key not valid. Please pass a valid API key.', { code: 400, details: [deadKey] })],
  ],
  [
    400,
    'key',
    message('Please renew it', { status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_EXPIRED' }] }),
  ],
  [400, 'key', message('API key expired. Please renew the API key.', { status: 'INVALID_ARGUMENT' })],
  [400, 'key', message('Your credit balance is too low to access the Anthropic API.')],
  [
    400,
    'key',
    message('You have reached your specified API usage limits. You will regain access on 2026-01-01.'),
  ],
  [400, 'key', message('This organization has been disabled.')],
  [403, 'key', message('Your account has been suspended')],
  [429, 'key', message('You exceeded your current quota', { code: 'insufficient_quota' })],
  // The model at this provider.
  [
    404,
    'model',
    message('The model `m` does not exist or you do not have access to it.', { code: 'model_not_found' }),
  ],
  [404, 'model', { detail: 'Not Found' }],
  [403, 'model', message(noAccess, { code: 'model_not_found' })],
  [401, 'model', message('key not allowed to access model. This key can only access others')],
  [400, 'model', message('Model Not Exist', { code: 'invalid_request_error' })],
  [400, 'model', message('m-x is not a valid model ID', { code: 400 })],
  [400, 'model', message('模型不存在，请检查模型代码。', { code: '1211' })],
  [400, 'model', { message: 'Invalid model: m-x', type: 'invalid_model', param: null, code: '1500' }],
  [
    400,
    'model',
    message('/chat/completions: Invalid model name passed in model=m-x. Call `/v1/models`', { code: '400' }),
  ],
  [503, 'model', message('No available channel for model m-x', { code: 'model_not_found' })],
  [404, 'model', message('No endpoints found for openai/gpt-foo.')],
  // A pause.
  [
    429,
    'limited',
    message('You exceeded your current quota, please check your plan', { status: 'RESOURCE_EXHAUSTED' }),
  ],
  [400, 'limited', { __type: 'ThrottlingException', message: 'Too many tokens, please wait' }],
  [403, 'limited', message('API rate limit exceeded for this address')],
  [429, 'limited', message('The engine is currently overloaded', { type: 'engine_overloaded_error' })],
  // It does not say.
  [403, 'refused', ''],
  [403, 'refused', message('Permission denied', { type: 'permission_error' })],
  [400, 'refused', message('User location is not supported for the API use.')],
  [403, 'refused', message('Not here', { code: 'unsupported_country_region_territory' })],
  // The provider.
  [500, 'failing', message('API key expired')],
  [529, 'failing', message('Overloaded', { type: 'overloaded_error' })],
  [504, 'failing', ''],
]

for (const [status, blame, body] of rows) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  t.test(`the fault of ${status} ${text.slice(0, 120)} is: ${blame}`, async t => {
    t.equal(failureOfStatus('p', status, {}, text).blame, blame)
  })
}

t.test('the code of each error of a service is one that metrics count from zero', async t => {
  for (const [status, , body] of rows) {
    const failure = failureOfStatus('p', status, {}, JSON.stringify(body))
    for (const { code } of [failure, withClientsKey(failure)])
      t.ok(failureCodes.includes(code), `${code} for ${status}`)
  }
})

t.test('the words of a client in an error are never taken for those of the service', async t => {
  const planted = [
    'API key expired',
    'credit balance',
    'This organization has been disabled',
    'rate limit reached',
  ]
  for (const words of planted)
    for (const said of [
      `Invalid 'tools[0].function.name': '${words}' does not match the pattern`,
      `Invalid value: "a" ${words} "b"`,
      `Unknown field \`${words}\``,
      `${'The request has an invalid field and was not accepted by this service. '.repeat(2)} ${words}`,
    ])
      t.equal(failureOfStatus('p', 400, {}, JSON.stringify(message(said))).blame, 'request', said)
  for (const words of ['欠费', '账户余额不足', '额度不足'])
    for (const quoted of [`“${words}”`, `‘${words}’`, `「${words}」`, `『${words}』`, `《${words}》`, words])
      for (const said of [
        `您的输入${quoted}包含敏感内容`,
        `${quoted === words ? '输入：' : ''}${quoted}包含敏感内容`,
        `不支持${quoted}`,
      ])
        t.equal(
          failureOfStatus('p', 400, {}, JSON.stringify(message(said, { code: '1301' }))).blame,
          'request',
          said,
        )
  for (const [opening, closing] of ['""', "''", '“”', '„“', '«»'])
    for (const said of [
      `Invalid value: ${opening}API key expired${closing}`,
      `Invalid value: ${opening}API key expired`,
    ])
      t.equal(failureOfStatus('p', 400, {}, JSON.stringify(message(said))).blame, 'request', said)
  const coded = message('API key expired is no name of a tool', { code: 'invalid_tool' })
  t.equal(failureOfStatus('p', 400, {}, JSON.stringify(coded)).blame, 'request')
  const named = message('API key expired', { param: 'messages[0].content' })
  t.equal(failureOfStatus('p', 400, {}, JSON.stringify(named)).blame, 'request')
})

t.test('a flagged request keeps its status and words, an unknown model gets its code', async t => {
  const moderated = failureOfStatus('p', 403, {}, JSON.stringify(message(flagged, { code: 403 })))
  t.match(moderated, { code: 'upstream_rejected', status: 403, upstream: { message: flagged } })
  const unknown = failureOfStatus('p', 400, {}, JSON.stringify(message('Model Not Exist')))
  t.match(unknown, { code: 'model_not_found', upstream: { code: 'model_not_found' } })
})

t.test('with the key of a client, its faults and what it may use concern that client alone', async t => {
  for (const [status, blame, body] of rows) {
    const failure = withClientsKey(failureOfStatus('p', status, {}, JSON.stringify(body)))
    const isAboutKey = ['key', 'limited', 'refused', 'model'].includes(blame) && status !== 503
    t.equal(failure.blame, isAboutKey ? 'client' : blame, JSON.stringify(body))
    if (isAboutKey) t.equal(failure.status, status)
  }
})

t.test('an error object in an answer has the verdict of its code', async t => {
  t.equal(failureOfErrorObject('p', { message: 'x', code: 'invalid_api_key' }).blame, 'key')
  t.equal(failureOfErrorObject('p', { message: 'x', code: 'model_not_found' }).blame, 'model')
  t.equal(failureOfErrorObject('p', { message: flagged, code: 403 }).blame, 'request')
})

t.test('an error of MiniMax, in an answer of status 200, has the verdict of its number', async t => {
  const blames = { 1002: 'limited', 1004: 'key', 1008: 'key', 1026: 'request', 1027: 'failing', 2049: 'key' }
  for (const [code, blame] of Object.entries(blames)) {
    const error = errorIn({ choices: null, base_resp: { status_code: Number(code), status_msg: 'no' } })
    t.equal(failureOfErrorObject('p', error).blame, blame, code)
  }
})

t.test('a service may say in its own way when to come back', async t => {
  const told = (headers: Record<string, string>, body: unknown) =>
    failureOfStatus('p', 429, headers, JSON.stringify(body)).retryAfter
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '14s' }
  t.equal(told({}, [message('Resource has been exhausted', { details: [retryInfo] })]), 14)
  t.equal(told({}, message('Rate limit reached. Please try again in 11.5s. Visit the docs')), 11.5)
  t.equal(told({}, message('Please try again in 1m2.5s.')), 60)
  t.equal(told({}, message('try again in 20 seconds')), 20)
  t.equal(told({ 'retry-after': '7' }, message('try again in 20s')), 7)
  const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '8.5s' }
  t.equal(told(used, ''), 8.5)
  t.equal(told({ ...used, 'x-ratelimit-remaining-requests': '3' }, ''), undefined)
  const until = new Date(Date.now() + 30_000).toISOString()
  const reset = told(
    { 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': until },
    '',
  )
  t.ok(reset !== undefined && reset > 20 && reset <= 30)
})

t.test('no error body, however odd, makes the verdict fail or wait for longer than a minute', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), fc.json(), fc.string(), (status, json, text) => {
      const bodies = [json, text, JSON.stringify({ error: { message: text, code: text, details: [text] } })]
      return bodies.every(body => (failureOfStatus('p', status, {}, body).retryAfter ?? 1) <= 60)
    }),
  )
})
