import t from 'tap'
import { failureOfStatus } from '../../src/attempt/status.ts'

const failureOf = (status: number, body: unknown) =>
  failureOfStatus('p', status, {}, typeof body === 'string' ? body : JSON.stringify(body), [
    'sk-secret-key-1',
  ])
const behindOpenRouter = (raw: unknown, code = 400) => ({
  error: { message: 'Provider returned error', code, metadata: { raw, provider_name: 'Other' } },
  user_id: 'user_1',
})

for (const [service, body, words] of [
  [
    'OpenRouter, JSON',
    behindOpenRouter('{"error":{"message":"Supports at most 1 image per prompt.","code":"invalid"}}'),
    'Provider returned error: Supports at most 1 image per prompt.',
  ],
  [
    'OpenRouter, text',
    behindOpenRouter('m is temporarily rate-limited upstream.'),
    'Provider returned error: m is temporarily rate-limited upstream.',
  ],
  [
    'OpenRouter, an object',
    behindOpenRouter({ detail: 'No such parameter' }),
    'Provider returned error: No such parameter',
  ],
  [
    'OpenRouter, JSON that is cut off',
    behindOpenRouter('{"error":{"mess'),
    'Provider returned error: {"error":{"mess',
  ],
  ['OpenRouter, nothing', behindOpenRouter(null), 'Provider returned error'],
  [
    'JSON in the message',
    { error: { message: '{"error":{"code":400,"message":"Inner words"}}' } },
    'Inner words',
  ],
  [
    'NestJS',
    { error: 'Unauthorized', message: 'The key has been revoked', statusCode: 401 },
    'The key has been revoked',
  ],
  [
    'Fastify',
    { statusCode: 400, code: 'E1', error: 'Bad Request', message: 'temperature is not supported' },
    'temperature is not supported',
  ],
  ['Spring', { status: 404, error: 'Not Found', message: 'no such model: x' }, 'no such model: x'],
  ['Spring without a message', { status: 404, error: 'Not Found', path: '/v1/chat' }, 'Not Found'],
  ['MiniMax', { base_resp: { status_code: 2013, status_msg: 'invalid params' } }, 'invalid params'],
  ['Baidu', { error_code: 336003, error_msg: 'max input length is 20000' }, 'max input length is 20000'],
  ['XML', '<Error><Code>X</Code><Message>Malformed body</Message></Error>', 'Malformed body'],
] as const)
  t.test(`the words of an error are found in the shape of ${service}`, async t => {
    t.equal(failureOf(400, body).upstream?.message, words)
  })

t.test('what OpenRouter quotes decides about the request, and never about our account', async t => {
  const tooLong = behindOpenRouter(
    '{"error":{"message":"This model\'s maximum context length is 8192 tokens"}}',
  )
  t.match(failureOf(400, tooLong), { blame: 'request', upstream: { code: 'context_length_exceeded' } })
  for (const words of ['Insufficient credits', 'Your credit balance is too low', 'API key expired']) {
    const quoted = behindOpenRouter(`{"error":{"message":"${words}","code":"insufficient_quota"}}`)
    t.equal(failureOf(400, quoted).blame, 'request', words)
    t.equal(failureOf(429, behindOpenRouter(words, 429)).blame, 'limited', words)
  }
})

t.test('a key in what a gateway quotes is left out', async t => {
  const message = failureOf(400, behindOpenRouter('{"error":"bad key sk-secret-key-1"}')).upstream?.message
  t.match(message, /bad key/)
  t.notMatch(message, /secret/)
})

t.test('a service that says that it is overloaded is overloaded, whatever its code', async t => {
  for (const [status, words] of [
    [503, 'The model is overloaded. Please try again later.'],
    [503, 'The engine is currently overloaded, please try again later'],
    [503, 'Service is too busy. We advise users to switch for a while.'],
    [500, 'The server is at capacity'],
  ] as const) {
    const failure = failureOf(status, { error: { code: status, message: words, status: 'UNAVAILABLE' } })
    t.match(failure, { code: 'upstream_overloaded', blame: 'failing', status: 503 }, words)
  }
  t.match(failureOf(500, { error: { message: 'Cannot read "overloaded"' } }), { code: 'upstream_error' })
})

t.test('an error that only names its status leaves the verdict to the message beside it', async t => {
  for (const [status, error, message, blame] of [
    [400, 'Bad Request', 'no such model: x', 'model'],
    [400, 'Bad Request', 'Rate limit exceeded, retry in 1 minute', 'limited'],
    [403, 'Forbidden', 'insufficient quota', 'key'],
    [500, 'Internal Server Error', 'out of memory', 'failing'],
  ] as const)
    t.equal(failureOf(status, { statusCode: status, error, message }).blame, blame, message)
})
