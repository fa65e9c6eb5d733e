import { mock } from 'node:test'
import t from 'tap'
import fc from 'fast-check'
import { Notices } from '../../../../plugins/proxy/state/notices.ts'
import { ProviderState } from '../../../../plugins/proxy/state/provider-state.ts'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'
import type { Blame } from '../../../../src/attempt/failure.ts'
import { configSchema, providerSchema } from '../../../../src/config/schema.ts'
import { MemoryStore } from '../../../../src/store/memory/memory-store.ts'
import { silentLog } from '../../../silent-log.ts'

const models = ['m', 'n', 'o']
const callers = ['ann', 'bob', 'cem']
const outcomes = [
  'answered',
  'request',
  'unable',
  'nobody',
  'client',
  'model',
  'limited',
  'failing',
  'slow',
  'refused',
  'key',
] as const

/** A call for one of several callers that ends after a pause; the provider takes the key whose turn it is. */
const step = fc.record({
  pauseMs: fc.integer({ min: 0, max: 20_000 }),
  provider: fc.nat({ max: 2 }),
  model: fc.constantFrom(...models),
  caller: fc.constantFrom(...callers),
  outcome: fc.constantFrom(...outcomes),
})

/** A provider with several keys, and what has been charged to each of its paths. */
class World {
  readonly state: ProviderState
  /** Keys by the models that they may not be used for. */
  readonly charged = new Set<string>()
  /** Models that calls have failed for. */
  readonly failed = new Set<string>()
  readonly #keys: readonly string[]

  constructor(keys: number) {
    this.#keys = Array.from({ length: keys }, (_, index) => `key-${index}`)
    const provider = providerSchema.parse({
      name: 'p',
      base_url: 'http://localhost:1/v1',
      api_keys: this.#keys,
    })
    const store = new MemoryStore(() => 1)
    const surroundings = {
      store,
      notices: new Notices(store.notices, () => []),
      log: silentLog,
    }
    this.state = new ProviderState(provider, configSchema.parse({}), surroundings)
  }

  end(caller: string, model: string, outcome: Blame | 'answered'): void {
    const trial = this.state.begin(caller, { model, target: model }, 0)
    this.state.end(trial, {
      report,
      failure: outcome === 'answered' ? undefined : failureOf(outcome),
      usage: undefined,
    })
    const key = trial.key?.secret
    if (outcome === 'key') for (const name of models) this.charged.add(`${key} ${name}`)
    if (outcome === 'limited') this.charged.add(`${key} ${model}`)
    if (['failing', 'slow', 'refused', 'model'].includes(outcome)) this.failed.add(model)
  }

  /** Whether one of its keys was never charged for the model, and nothing else speaks against it. */
  hasUntouchedPath(model: string): boolean {
    const isFresh = (key: string) => !this.charged.has(`${key} ${model}`)
    return this.#keys.some(isFresh) && !this.failed.has(model) && this.failed.size < 2
  }

  /** Whether a call for the model would be sent, with a key that is not set aside. */
  serves(model: string, now: number): boolean {
    return this.state.admits(model, now) && (this.state.keys?.usable(now, model) ?? 0) > 0
  }
}

const report = {
  path: '',
  provider: 'p',
  model: 'm',
  reason: '',
  outcome: '',
  status: undefined,
  headMs: 1,
  totalMs: 0,
}

function failureOf(blame: Blame): AttemptFailure {
  const code = blame === 'limited' ? 'rate_limit_exceeded' : 'upstream_error'
  const status = blame === 'limited' ? 429 : undefined
  return new AttemptFailure(code, 'x', { provider: 'p', blame, upstreamStatus: status, retryAfter: 20 })
}

t.test('after any outcomes of callers, models, keys and providers, no untouched path is closed', async t => {
  let now = 1_000_000
  const clock = mock.method(performance, 'now', () => now)
  t.teardown(() => clock.mock.restore())
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 3 }), { minLength: 1, maxLength: 3 }),
      fc.array(step, { maxLength: 60 }),
      (keys, steps) => {
        const worlds = keys.map(count => new World(count))
        return steps.every(({ pauseMs, provider, model, caller, outcome }) => {
          now += pauseMs
          worlds[provider % worlds.length]!.end(caller, model, outcome)
          return worlds.every(world =>
            models.every(asked => !world.hasUntouchedPath(asked) || world.serves(asked, now)),
          )
        })
      },
    ),
  )
})
