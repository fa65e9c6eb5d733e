import type { Config, ProviderConfig } from '../../../src/config/schema.ts'
import type { AttemptReport } from '../../../src/contract/index.ts'
import { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { AttemptEnd } from '../../../src/attempt/options.ts'
import { isBareRefusal } from '../../../src/attempt/verdict/bare-refusal.ts'
import type { Store } from '../../../src/store/store.ts'
import { Breaker } from './breaker.ts'
import type { BreakerOptions } from './breaker.ts'
import { KeyRing } from './key-ring.ts'
import type { KeyTurn, RingKey } from './key-ring.ts'
import type { BreakerTrial } from './model-circuits.ts'
import type { Notices, SharedState } from './notices.ts'
import type { BreakerNotice } from './notice-format.ts'
import { lately } from './pauses.ts'
import { RateLimit } from './rate-limit.ts'
import { RestLog } from './rest-log.ts'
import type { Resting, RestLogger } from './rest-log.ts'
import type { Reservation } from './rate-limit.ts'
import type { Status } from './standing.ts'

/** Weight of the newest latency in the running average. */
const smoothing = 0.2

/** Figures of one provider since the start. */
export interface Counts {
  requests: number
  failures: number
  /** Running average of the milliseconds to the head; undefined before the first answer. */
  latencyMs: number | undefined
  /** The last failure that counted, or check that failed; undefined before the first one. */
  lastError: string | undefined
}

/** The model that a call asks for, and the scope of its verdict. */
type Sought = Pick<BreakerTrial, 'model' | 'target' | 'endpoint'>

/** One attempt at a provider, from the moment the provider was chosen to its end. */
export interface Trial extends BreakerTrial {
  /** The key whose turn it is; undefined if the provider has no keys that take turns. */
  readonly key: RingKey | undefined
  /** The part of the provider's rate limit that is set aside; undefined if it is not limited. */
  readonly reserved: Reservation | undefined
}

/** Where a state is told to others. */
export interface Surroundings {
  readonly store: Pick<Store, 'budget'>
  readonly notices: Notices
  readonly log: RestLogger
}

/** The inheritance of a state that replaces another. */
interface Heritage {
  /** The state that it replaces; its figures continue. */
  readonly previous?: ProviderState | undefined
  /** Whose turn it is among the keys. */
  readonly turn?: KeyTurn
}

/**
 * Everything that is known about one provider beyond its configuration: whether it works, which of its keys do, what
 * its rate limit has left, and its figures. It is replaced when a reload changes the provider, since the change may
 * have fixed it; attempts that are under way then end on the state they began with.
 */
export class ProviderState implements SharedState {
  readonly name: string
  readonly breaker: Breaker
  /** The keys that take turns; undefined if there is only one, or the client's own is sent. */
  readonly keys: KeyRing | undefined
  /** Undefined if calls are not limited. */
  readonly rateLimit: RateLimit | undefined
  readonly counts: Counts
  #monitoring: Config['monitoring']
  readonly #restLog: RestLog
  #chatSucceededAt = Number.NEGATIVE_INFINITY

  constructor(
    provider: ProviderConfig,
    config: Config,
    { store, notices, log }: Surroundings,
    { previous, turn }: Heritage = {},
  ) {
    const { name, api_keys, forward_client_key, rate_limit } = provider
    const takesTurns = api_keys && !forward_client_key
    this.name = name
    this.#monitoring = config.monitoring
    this.#restLog = new RestLog(name, log)
    this.breaker = new Breaker(breakerOptions(config), () => {
      notices.postBreaker(this)
      const now = performance.now()
      this.#restLog.update(this.breaker.notice(now), now)
    })
    this.keys = takesTurns ? new KeyRing(api_keys, key => notices.postKey(this, key), turn) : undefined
    // The store keeps what has been used, under the provider's name.
    this.rateLimit = rate_limit && new RateLimit(rate_limit, name, store)
    this.counts = previous?.counts ?? {
      requests: 0,
      failures: 0,
      latencyMs: undefined,
      lastError: undefined,
    }
  }

  adopt(notice: BreakerNotice, now: number): void {
    this.breaker.adopt(notice, now)
    this.counts.lastError = this.breaker.lastError ?? this.counts.lastError
    this.#restLog.adopt(this.breaker.notice(now), now)
  }

  /** Applies a reload that has left the provider itself as it was. */
  configure(config: Config): void {
    this.#monitoring = config.monitoring
    this.breaker.configure(breakerOptions(config))
  }

  get status(): Status {
    return this.breaker.status(performance.now())
  }

  /** The provider, if it rests as a whole, or else the model that has rested for longest; undefined if none rests. */
  get resting(): Resting | undefined {
    return this.#restLog.longest(performance.now())
  }

  /** Records a background check, and its error as the last one if it counts: see `Breaker.checked`. */
  checked(error: string | undefined, nextCheckMs: number): void {
    const counts = this.breaker.checked(error, nextCheckMs, performance.now())
    if (counts && error !== undefined) this.counts.lastError = error
  }

  /** Whether a call may be sent now, its rate limit aside. */
  admits(target: string, now: number): boolean {
    return this.breaker.admits(target, now) !== 'no'
  }

  /**
   * Begins an attempt in the very moment the provider is chosen, so that the next choice knows of it. `tokens`: the most
   * it is expected to use.
   */
  begin(requestId: string, { model, target, endpoint }: Sought, tokens: number): Trial {
    const now = performance.now()
    const probe = this.breaker.admits(target, now) === 'probe'
    if (probe) this.breaker.beginProbe(target)
    return {
      requestId,
      model,
      target,
      endpoint,
      probe,
      key: model === '' ? this.keys?.first(now) : this.keys?.take(now, target),
      reserved: this.rateLimit?.reserve(tokens, now),
    }
  }

  /**
   * Ends an attempt: its reserved tokens give way to those it used, and its outcome is charged to what caused it. A failure
   * of its key alone does not count against the provider while other keys are usable. `isSettled`: a rejection that has
   * already led to fewer concurrent calls, and to no more.
   */
  end(trial: Trial, end: AttemptEnd, isSettled = false): void {
    const { report, usage = report.usage } = end
    const now = performance.now()
    if (trial.reserved) this.rateLimit?.settle(trial.reserved, usage?.total_tokens ?? 0, now)
    this.counts.requests++
    if (!end.failure) return this.#succeeded(trial, report, now)
    const failure = this.#atEndpoint(end.failure, trial, now)
    if (failure.counts) {
      this.counts.failures++
      this.counts.lastError = failure.summary
    }
    const hasOtherKey = trial.key && this.keys?.failed(trial.key, failure, trial.target, now)
    if (!this.#monitoring.track_errors || hasOtherKey || (isSettled && !trial.key))
      return this.breaker.ended(trial)
    const charged = this.#chargedAs(failure, now)
    this.breaker.failed(charged, trial, now, this.#limitMs(charged, trial, now))
  }

  /**
   * A 401 that says nothing beyond its status is about the key, unless it comes from an endpoint other than that of chats while
   * chats succeed: the key may not use that endpoint.
   */
  #atEndpoint(failure: AttemptFailure, { endpoint }: Trial, now: number): AttemptFailure {
    const { code, blame, upstreamStatus, upstream } = failure
    const isBare = blame === 'key' && upstreamStatus === 401 && isBareRefusal(upstream)
    if (!isBare || endpoint === undefined || now - this.#chatSucceededAt >= lately) return failure
    const options = { provider: this.name, blame: 'refused', upstreamStatus, cause: failure } as const
    return new AttemptFailure(code, `does not let our key use ${endpoint}`, options)
  }

  /** A refused key takes the provider out only if no other works: one that is limited for this model serves the others. */
  #chargedAs(failure: AttemptFailure, now: number): AttemptFailure {
    if (failure.blame !== 'key' || !this.keys || this.keys.usable(now) === 0) return failure
    const options = { provider: this.name, blame: 'limited', upstreamStatus: 429, cause: failure } as const
    return new AttemptFailure('rate_limit_exceeded', 'the other keys have reached their limits', options)
  }

  /** Records the first content of a probe: the provider works, however long the rest of the answer takes. */
  answered({ probe, target }: Trial): void {
    if (probe) this.breaker.succeeded(target, performance.now())
  }

  /** How long a limited provider rests: until its first key may be used again, if keys take turns. */
  #limitMs({ upstreamStatus }: AttemptFailure, { key, target }: Trial, now: number): number | undefined {
    return key && upstreamStatus === 429 ? this.keys?.usableIn(now, target) : undefined
  }

  #succeeded({ key, target, endpoint }: Trial, report: AttemptReport, now: number): void {
    if (endpoint === undefined) this.#chatSucceededAt = now
    const beganAt = now - report.totalMs
    this.breaker.succeeded(target, now, beganAt)
    if (key) this.keys?.succeeded(key, beganAt)
    const { counts } = this
    if (this.#monitoring.track_latency) counts.latencyMs = average(counts.latencyMs, report.headMs)
  }
}

function average(before: number | undefined, next: number): number {
  return before === undefined ? next : before + smoothing * (next - before)
}

function breakerOptions(config: Config): BreakerOptions {
  const { routing } = config
  return {
    threshold: routing.failure_threshold,
    cooldownMs: routing.cooldown * 1000,
    maxCooldownMs: routing.max_cooldown * 1000,
    slowStartMs: routing.slow_start * 1000,
  }
}
