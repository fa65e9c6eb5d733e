// When to come back, in whatever way a service says it.
import t from 'tap'
import { error } from '../../fake-provider.ts'
import type { Headers, Json } from '../../fake-provider/content.ts'
import { proxyOver, received } from './proxy.ts'

/** A date counts from the clock of the service that names it. */
const date = 'Thu, 01 Jan 2026 12:00:00 GMT'
const openai = (text: string) => ({ error: { message: text, code: 'rate_limit_exceeded' } })
const gemini = {
  error: {
    code: 429,
    message: 'Resource has been exhausted.',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '14s' }],
  },
}
const limits = 'Rate limit reached on tokens per min (TPM): Limit 10000, Used 9900, Requested 600.'

const ways: readonly (readonly [what: string, seconds: number, headers: Headers, body?: Json])[] = [
  ['seconds', 7, { 'retry-after': '7' }],
  ['seconds between blanks', 7, { 'retry-after': ' 7 ' }],
  ['seconds with a unit', 7, { 'retry-after': '7s' }],
  ['milliseconds', 6.5, { 'retry-after-ms': '6500' }],
  ['a date of HTTP', 8, { date, 'retry-after': 'Thu, 01 Jan 2026 12:00:08 GMT' }],
  ['a date of ISO 8601', 8, { date, 'retry-after': '2026-01-01T12:00:08Z' }],
  [
    'the reset of a limit of OpenAI',
    8.5,
    { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '8.5s' },
  ],
  [
    'the reset of a limit of Anthropic',
    9,
    {
      date,
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T12:00:09Z',
    },
  ],
  ['the words of OpenAI', 11.5, {}, openai(`${limits} Please try again in 11.5s. Visit our page.`)],
  ['the details of Gemini', 14, {}, gemini],
  ['more than a minute, which is one', 60, { 'retry-after': '300' }],
  ['nothing, which is a second', 1, { 'retry-after': '0' }],
  ['less than nothing, which is a second', 1, { 'retry-after': '-1' }],
]

// https://github.com/RooCodeInc/Roo-Code/issues/2118, https://github.com/BerriAI/litellm/issues/3617
for (const [what, seconds, headers, body] of ways)
  t.test(`a provider rests for as long as it says, and its client is told so: ${what}`, async t => {
    const limited = error(429, body, headers)
    const { fakes, pool, send } = await proxyOver(t, [limited], { queue: { timeout: 0.001 } })
    const before = performance.now()
    await t.rejects(send(), { code: 'rate_limit_exceeded', status: 429, retryAfter: seconds })
    const restsUntil = pool.get('a')!.state.breaker.availableAt('gpt-4')
    t.ok(restsUntil >= before + seconds * 1_000)
    t.ok(restsUntil <= performance.now() + seconds * 1_000)
    t.strictSame(received(fakes), [1])
  })
