import t from 'tap'
import fc from 'fast-check'
import { resetOf, retryAfterIn, retryAfterOf } from '../../src/http/retry-after.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

t.test('seconds, milliseconds and dates are read, between 1 and 60', async t => {
  t.equal(retryAfterOf({ 'retry-after': '7' }), 7)
  t.equal(retryAfterOf({ 'retry-after': '0' }), 1)
  t.equal(retryAfterOf({ 'retry-after': '-3' }), 1)
  t.equal(retryAfterOf({ 'retry-after': '1000000000' }), 60)
  t.equal(retryAfterOf({ 'retry-after-ms': '2500' }), 2.5)
  t.equal(retryAfterOf({ 'x-ms-retry-after-ms': '2500', 'retry-after': '9' }), 2.5)
  t.equal(retryAfterOf({ 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT' }, now), 20)
  t.equal(retryAfterOf({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, now), 1)
})

t.test('the whole word of a unit counts, not its first letter', async t => {
  const told = {
    '5000 milliseconds': 5,
    '2500msec': 2.5,
    '9000000 microseconds': 9,
    '9000000µs': 9,
    '9000000us': 9,
    '5e9 parsecs': undefined,
    '7 sec': 7,
    '7Secs': 7,
    '1min': 60,
    '0.5 mins': 30,
    '1 hr': 60,
    '2 days': 60,
    '1s500ms': 1.5,
    '3 moments': undefined,
    '3 horses': undefined,
  }
  for (const [text, seconds] of Object.entries(told)) {
    t.equal(retryAfterOf({ 'retry-after': text }), seconds, text)
    t.equal(retryAfterIn(`Please try again in ${text}.`, 429), seconds, text)
  }
})

t.test('an unreadable value is ignored', async t => {
  t.equal(retryAfterOf({}), undefined)
  t.equal(retryAfterOf({ 'retry-after': 'abc' }), undefined)
  t.equal(retryAfterOf({ 'retry-after': '' }), undefined)
})

t.test('no header sets a timer that fires at once or never', async () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const seconds = retryAfterOf({ 'retry-after': text, 'retry-after-ms': text }, now)
      return seconds === undefined || (seconds >= 1 && seconds <= 60)
    }),
  )
})

t.test('a date counts from the clock of the service that names it', async t => {
  const date = 'Thu, 01 Jan 2026 12:00:00 GMT'
  t.equal(retryAfterOf({ date, 'retry-after': 'Thu, 01 Jan 2026 12:00:08 GMT' }), 8)
  t.equal(retryAfterOf({ date, 'retry-after': '2026-01-01T12:00:08.500Z' }), 8.5)
  t.equal(retryAfterOf({ date: 'now', 'retry-after': 'Thu, 01 Jan 1970 12:00:00 GMT' }), 1)
  const used = { 'anthropic-ratelimit-requests-remaining': '0' }
  const reset = { 'anthropic-ratelimit-requests-reset': '2026-01-01T12:00:09Z' }
  t.equal(resetOf({ date, ...used, ...reset }), 9)
})

t.test('the words and fields of a refusal tell when to come back', async t => {
  const told = {
    '[claude/claude-opus-5] [429]: quota (reset after 4s)': 4,
    'limit reached (reset after 2m 13s)': 60,
    'Your limit resets in 50s.': 50,
    'This model is available again in 12 seconds': 12,
    'Rate limit reached, please try again in 11.5s': 11.5,
    '{"error":{"type":"usage_limit_reached","resets_in_seconds":42}}': 42,
    '{"error":{"message":"slow down","retry_after": "7.5" }}': 7.5,
    '{"detail":"x","retry_after_seconds":3,"code":1}': 3,
    '{"error":"Model m is currently loading","estimated_time":20.5}': 20.5,
    'Quota resets 5 times a day': undefined,
    'Please retry after 12 seconds, 300 minutes of audio are left': 12,
    'Rate limit: try again in 2 seconds and 500 milliseconds': 2.5,
    'Please wait 8s. 90 minutes were used': 8,
    '{"retry_after":null,"message":"the reset after the outage took 3 hours"}': undefined,
    '{"retry_after":"2026-01-01"}': undefined,
  }
  for (const [body, seconds] of Object.entries(told)) t.equal(retryAfterIn(body, 429), seconds, body)
  t.equal(retryAfterIn('try again in 7s', 400), undefined, 'a status that asks nobody to wait')
})
