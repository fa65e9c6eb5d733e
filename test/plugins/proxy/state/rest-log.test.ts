import t from 'tap'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'
import type { Blame } from '../../../../src/attempt/failure.ts'
import { Breaker } from '../../../../plugins/proxy/state/breaker.ts'
import { RestLog } from '../../../../plugins/proxy/state/rest-log.ts'

/** A breaker in virtual time, and the lines that its changes write. */
function logged() {
  const lines: object[] = []
  const write = (level: string) => (facts: object, message: string) =>
    lines.push({ level, message, ...facts })
  const log = new RestLog('a', { warn: write('warn') } as never)
  const options = { threshold: 2, cooldownMs: 5_000, maxCooldownMs: 20_000, slowStartMs: 0 }
  const clock = { now: 1_000 }
  const breaker: Breaker = new Breaker(options, () => log.update(breaker.notice(clock.now), clock.now))
  let requests = 0
  const fail = (blame: Blame, { model = 'm', probe = false } = {}, restMs?: number) => {
    const failure = new AttemptFailure('upstream_error', 'no', { provider: 'a', blame, upstreamStatus: 503 })
    breaker.failed(failure, { requestId: `r${++requests}`, model, target: model, probe }, clock.now, restMs)
  }
  return { breaker, clock, fail, lines, log }
}

t.test('an outage is one warning, however often its probes fail, and its end is one line', t => {
  const { breaker, clock, fail, lines } = logged()
  fail('unreachable')
  t.match(lines, [
    { level: 'warn', provider: 'a', reason: 'unreachable', error: 'upstream_error (status 503)' },
  ])
  for (let probe = 0; probe < 3; probe++) {
    clock.now += 30_000
    breaker.beginProbe('m')
    fail('unreachable', { probe: true })
  }
  t.equal(lines.length, 1)
  clock.now += 30_000
  breaker.beginProbe('m')
  breaker.succeeded('m', clock.now)
  t.match(lines.slice(1), [{ level: 'warn', provider: 'a', message: 'provider is back', seconds: 120 }])
  t.equal(lines.length, 2)
  t.end()
})

t.test('a model that fails is named', t => {
  const { breaker, clock, fail, lines } = logged()
  fail('failing')
  t.same(lines, [])
  fail('failing')
  t.match(lines, [{ level: 'warn', provider: 'a', model: 'm', reason: 'counted', seconds: 5 }])
  clock.now += 6_000
  breaker.succeeded('m', clock.now)
  t.match(lines[1], { level: 'warn', provider: 'a', model: 'm', message: 'provider is back', seconds: 6 })
  t.equal(lines.length, 2)
  t.end()
})

t.test('each pause that a provider asks for is one warning', t => {
  const { clock, fail, lines } = logged()
  fail('limited', {}, 10_000)
  fail('limited', {}, 10_000)
  fail('limited', { model: 'other' }, 10_000)
  t.equal(lines.length, 2)
  clock.now += 11_000
  fail('limited', {}, 3_000)
  t.match(lines[2], { level: 'warn', model: 'm', reason: 'rate_limit_exceeded', seconds: 3 })
  t.equal(lines.length, 3)
  t.end()
})

t.test('the name of a model, which a client has chosen, is clipped', t => {
  const { fail, lines } = logged()
  fail('model', { model: 'x'.repeat(1_000) })
  t.match(lines, [{ model: `${'x'.repeat(80)}…` }])
  t.end()
})

t.test(
  'what another server has found is not logged again, but its end is, by the server that finds it',
  t => {
    const one = logged()
    const other = logged()
    one.fail('unreachable')
    other.breaker.adopt(one.breaker.notice(one.clock.now), other.clock.now)
    other.log.adopt(other.breaker.notice(other.clock.now), other.clock.now)
    t.same(other.lines, [])
    other.clock.now += 30_000
    other.breaker.beginProbe('m')
    other.breaker.succeeded('m', other.clock.now)
    t.match(other.lines, [{ message: 'provider is back', seconds: 30 }])
    one.log.adopt(other.breaker.notice(other.clock.now), one.clock.now)
    one.breaker.succeeded('m', one.clock.now)
    t.equal(one.lines.length, 1)
    t.end()
  },
)

t.test('the one that has rested for longest is known, with the time since when, until it is back', t => {
  const { breaker, clock, fail, log } = logged()
  const longest = () => log.longest(clock.now)
  t.equal(longest(), undefined)
  const before = Date.now()
  fail('limited', { model: 'first' }, 10_000)
  const { since } = longest()!
  t.ok(since >= before && since <= Date.now())
  clock.now += 1_000
  fail('limited', { model: 'second' }, 60_000)
  fail('limited', { model: 'first' }, 30_000)
  t.strictSame(
    longest(),
    { model: 'first', reason: 'rate_limit_exceeded', since },
    'a longer pause is no new one',
  )
  clock.now += 30_000
  t.match(longest(), { model: 'second' }, 'a pause ends by itself')
  fail('unreachable', { model: 'second' })
  t.match(longest(), { model: undefined, reason: 'unreachable' }, 'the provider itself comes first')
  clock.now += 60_000
  breaker.beginProbe('second')
  breaker.succeeded('second', clock.now)
  t.equal(longest(), undefined)
  t.end()
})
