import t from 'tap'
import fc from 'fast-check'
import { resetOf, retryAfterOf } from '../../src/http/retry-after.ts'

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
