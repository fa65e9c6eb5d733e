import t from 'tap'
import fc from 'fast-check'
import { admitted } from '../../../plugins/proxy/selection/admission.ts'
import { Breaker } from '../../../plugins/proxy/state/breaker.ts'
import { KeyRing } from '../../../plugins/proxy/state/key-ring.ts'
import { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { Blame } from '../../../src/attempt/failure.ts'

const models = ['m', 'n', 'o']
const harmless = ['request', 'unable', 'nobody', 'client'] as const
const counted = ['failing', 'slow', 'refused'] as const
const certain = ['unreachable', 'key'] as const
const blames = [...harmless, ...counted, ...certain, 'limited', 'model'] as const

/** An event at a provider after a pause: a call ends for one of several callers, or a check does. */
const step = fc.record({
  pauseMs: fc.integer({ min: 0, max: 20_000 }),
  provider: fc.nat({ max: 3 }),
  model: fc.constantFrom(...models),
  requestId: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
  outcome: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...blames) },
    { weight: 1, arbitrary: fc.constant('answered' as const) },
  ),
})

function failureOf(blame: Blame): AttemptFailure {
  const code = blame === 'limited' ? 'rate_limit_exceeded' : 'upstream_error'
  const status = blame === 'limited' ? 429 : undefined
  return new AttemptFailure(code, 'x', { provider: 'p', blame, upstreamStatus: status, retryAfter: 20 })
}

/** A provider on a virtual clock, and what has happened at it. */
class World {
  readonly breaker = new Breaker({ threshold: 3, cooldownMs: 5_000, maxCooldownMs: 300_000, slowStartMs: 0 })
  readonly touched = new Set<string>()
  readonly counted = new Set<string>()
  isCertain = false
  readonly state = {
    breaker: this.breaker,
    admits: (model: string, now: number) => this.breaker.admits(model, now) !== 'no',
  }

  end(outcome: Blame | 'answered', requestId: string, model: string, now: number): void {
    if (outcome === 'answered') return this.breaker.succeeded(model, now)
    const admission = this.breaker.admits(model, now)
    if (admission === 'probe') this.breaker.beginProbe(model)
    this.breaker.failed(
      failureOf(outcome),
      { requestId, model, target: model, probe: admission === 'probe' },
      now,
    )
    if (harmless.some(blame => blame === outcome)) return
    this.touched.add(model)
    if (counted.some(blame => blame === outcome)) this.counted.add(model)
    if (certain.some(blame => blame === outcome)) this.isCertain = true
  }

  /** Whether nothing that has happened concerns this model at this provider. */
  isUntouched(model: string): boolean {
    return !this.touched.has(model) && !this.isCertain && this.counted.size < 2
  }
}

/** Asserts that a rule holds for each model of a pool of any size, after each of any steps. */
function assertAlways(
  steps: typeof step,
  holds: (worlds: readonly World[], model: string, now: number) => boolean,
): void {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(steps, { maxLength: 60 }), (size, taken) => {
      const worlds = Array.from({ length: size }, () => new World())
      let now = 0
      for (const { pauseMs, provider, model, requestId, outcome } of taken) {
        now += pauseMs
        worlds[provider % size]!.end(outcome, requestId, model, now)
        if (!models.every(asked => holds(worlds, asked, now))) return false
      }
      return true
    }),
  )
}

t.test('after any outcomes, nobody is refused what an untouched path could serve', async () => {
  assertAlways(step, (worlds, model, now) =>
    worlds.every(world => !world.isUntouched(model) || world.breaker.admits(model, now) === 'yes'),
  )
})

t.test('after any outcomes, each call is sent to somebody, unless all have asked to wait', async () => {
  assertAlways(step, (worlds, model, now) => {
    const sent = admitted(worlds, { target: model, asked: 0 }, now)
    const isLimited = ({ breaker }: World) => breaker.standing(model, now) === 'limited'
    return (sent.length === 0) === worlds.every(isLimited) && !sent.some(isLimited)
  })
})

t.test('errors alone never take out more than half of a pool', async () => {
  const errors = step.map(one => ({ ...one, outcome: 'failing' as const }))
  assertAlways(
    errors,
    (worlds, model, now) =>
      admitted(worlds, { target: model, asked: 0 }, now).length >= Math.ceil(worlds.length / 2),
  )
})

t.test('what a request does is charged to no provider', async () => {
  const faults = step.chain(one => fc.constantFrom(...harmless).map(outcome => ({ ...one, outcome })))
  fc.assert(
    fc.property(fc.array(faults, { maxLength: 60 }), steps => {
      const world = new World()
      for (const [now, { model, requestId, outcome }] of steps.entries())
        world.end(outcome, requestId, model, now)
      return world.breaker.status(steps.length) === 'healthy' && world.breaker.lastError === undefined
    }),
  )
})

t.test('a key that was neither refused nor limited for a model is used for it', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.array(step, { maxLength: 60 }), (size, steps) => {
      const ring = new KeyRing(
        Array.from({ length: size }, (_, index) => `key ${index}`),
        () => {},
      )
      const all = Array.from({ length: size }, () => ring.take(0))
      const charged = new Set<string>()
      let now = 0
      for (const { pauseMs, provider, model, outcome } of steps) {
        now += pauseMs
        const key = all[provider % size]!
        if (outcome !== 'answered') ring.failed(key, failureOf(outcome), model, now)
        if (outcome === 'key') for (const name of models) charged.add(`${key.secret} ${name}`)
        if (outcome === 'limited') charged.add(`${key.secret} ${model}`)
        for (const name of models) {
          const fresh = all.filter(({ secret }) => !charged.has(`${secret} ${name}`))
          if (ring.usable(now, name) < fresh.length) return false
          const taken = ring.take(now, name)
          if (fresh.length > 0 && taken.restsUntil > now) return false
        }
      }
      return true
    }),
  )
})
