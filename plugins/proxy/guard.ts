import type { Config } from '../../src/config/schema.ts'
import type { AttemptReport } from '../../src/contract/index.ts'
import type { AttemptFailure } from '../../src/upstream/failure.ts'
import type { Member, ProviderPool } from '../../src/upstream/pool.ts'
import { Breaker } from './breaker.ts'
import type { BreakerOptions, Status, Trial } from './breaker.ts'

/** Weight of the newest latency in the running average. */
const smoothing = 0.2

/** Figures of one provider since the start. */
export interface Counts {
  requests: number
  failures: number
  /** Running average of the milliseconds to the head; undefined before the first answer. */
  latencyMs: number | undefined
}

/** A breaker and the figures of each provider, by name: they outlive reloads that leave the provider as it was. */
export class Guards {
  readonly #breakers = new Map<string, Breaker>()
  readonly #counts = new Map<string, Counts>()
  #config: Config

  constructor(config: Config) {
    this.#config = config
  }

  /** Takes over a configuration. A provider that has changed starts anew, since the change may have mended it. */
  update(config: Config, pool: ProviderPool, changed: readonly string[]): void {
    this.#config = config
    const options = optionsOf(config)
    for (const name of this.#breakers.keys()) {
      if (changed.includes(name) || !pool.get(name)) this.#breakers.delete(name)
      else this.#breakers.get(name)?.configure(options)
    }
    for (const name of this.#counts.keys()) if (!pool.get(name)) this.#counts.delete(name)
  }

  breaker(name: string): Breaker {
    let breaker = this.#breakers.get(name)
    if (!breaker) this.#breakers.set(name, (breaker = new Breaker(optionsOf(this.#config))))
    return breaker
  }

  counts(name: string): Counts {
    let counts = this.#counts.get(name)
    if (!counts) this.#counts.set(name, (counts = { requests: 0, failures: 0, latencyMs: undefined }))
    return counts
  }

  /** Enters the end of a call. */
  settle(member: Member, trial: Trial, report: AttemptReport, failure: AttemptFailure | undefined): void {
    const now = performance.now()
    const breaker = this.breaker(member.name)
    const counts = this.counts(member.name)
    const { track_errors, track_latency } = this.#config.monitoring
    counts.requests++
    if (!failure) {
      breaker.succeeded(now)
      if (track_latency) counts.latencyMs = average(counts.latencyMs, report.headMs)
      return
    }
    if (failure.blame !== 'nobody' && failure.blame !== 'request') counts.failures++
    if (track_errors) breaker.failed(failure, trial, now)
    else breaker.ended(trial)
  }

  status(name: string): Status {
    return this.breaker(name).status(performance.now())
  }
}

function average(before: number | undefined, next: number): number {
  return before === undefined ? next : before + smoothing * (next - before)
}

function optionsOf({ routing, providers }: Config): BreakerOptions {
  return {
    threshold: routing.failure_threshold,
    cooldownMs: routing.cooldown * 1000,
    maxCooldownMs: routing.max_cooldown * 1000,
    alone: providers.length === 1,
  }
}
