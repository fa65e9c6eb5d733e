import type { AttemptFailure } from '../../../src/attempt/failure.ts'
import { Circuit } from './circuit.ts'
import type { Cause } from './circuit.ts'
import { failedChecksLimit, FailureRow } from './failure-count.ts'
import { ModelCircuits } from './model-circuits.ts'
import type { BreakerTrial } from './model-circuits.ts'
import type { BreakerNotice, RestReason } from './notice-format.ts'
import { lately, limitMs, modelCooldownMs, pausesAfter } from './pauses.ts'
import type { Cooldowns } from './pauses.ts'
import { Rests } from './rests.ts'
import { SlowStart } from './slow-start.ts'
import type { Standing, Status } from './standing.ts'

export interface BreakerOptions extends Cooldowns {
  /** Failures in a row that take a model, or the provider, out of service. */
  readonly threshold: number
  /** Milliseconds in which the share of a provider that is back grows to its full one. */
  readonly slowStartMs: number
}

/**
 * Decides whether a provider gets calls. Each failure is charged to the narrowest cause that it proves: the model at this
 * provider while only calls for that model fail, the provider once different requests for different models do, or at once
 * if there is no connection or no valid key. An endpoint other than that of chats counts as a model of its own for each model,
 * and as one model for the provider. All times are of a monotonic clock, given by the caller.
 */
export class Breaker {
  #options: BreakerOptions
  readonly #onChange: () => void
  /** Its return after an outage of its own or of one of its models. */
  readonly slowStart = new SlowStart()
  readonly #provider = new Circuit()
  readonly #models = new ModelCircuits()
  readonly #row = new FailureRow()
  #failedChecks = 0
  #succeededAt = Number.NEGATIVE_INFINITY
  /** Created with the first pause: most providers never ask for one. */
  #rests: Rests | undefined
  #lastError: string | undefined
  #changed = false

  /** `onChange` is called when there is something that other servers should know: see `notice`. */
  constructor(options: BreakerOptions, onChange: () => void = () => {}) {
    this.#options = options
    this.#onChange = onChange
  }

  configure(options: BreakerOptions): void {
    this.#options = options
  }

  /** The last failure that counted, or failed check; undefined once calls succeed again. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Whether a call for a model may be sent now. A `probe` must be announced with `beginProbe`. */
  admits(model: string, now: number): 'yes' | 'probe' | 'no' {
    if (this.#rests && now < this.#rests.until(model)) return 'no'
    const provider = this.#provider.admits(now)
    if (provider === 'no') return 'no'
    const own = this.#models.admits(model, now)
    return own === 'yes' ? provider : own
  }

  /** Whether calls for a model may be sent, and why not. */
  standing(model: string, now: number): Standing {
    const reason = this.restReason(model, now)
    if (reason !== undefined) return reason === 'model' ? 'missing' : 'limited'
    if (this.admits(model, now) !== 'no') return 'fine'
    return this.#provider.isOpen && this.#provider.cause !== 'counted' ? 'out' : 'doubted'
  }

  /** Why the model rests; undefined if it does not. */
  restReason(model: string, now: number): RestReason | undefined {
    return this.#rests?.reasonFor(model, now)
  }

  /** The earliest time at which a call for the model may be sent. */
  availableAt(model: string): number {
    return Math.max(this.#provider.openUntil, this.#models.openUntil(model), this.#rests?.until(model) ?? 0)
  }

  /** The time at which it, or the first of its models that rest, is asked again; 0 if none rests. */
  retryAt(now: number): number {
    if (this.#provider.isOpen) return this.#provider.openUntil
    const times = [this.#rests?.soonest(now), this.#models.soonest].filter(time => time !== undefined)
    return times.length === 0 ? 0 : Math.min(...times)
  }

  status(now: number): Status {
    const isOut = this.#models.anyOpen && this.#row.length >= this.#options.threshold
    if (this.#provider.isOpen || isOut) return 'unhealthy'
    const isTroubled = this.#row.length > 0 || this.#models.anyOpen || this.#rests?.soonest(now) !== undefined
    return isTroubled ? 'degraded' : 'healthy'
  }

  beginProbe(model: string): void {
    if (this.#provider.isOpen) this.#provider.beginProbe()
    this.#models.beginProbe(model)
    this.#changed = true
    this.#report()
  }

  /** Records the success of an attempt that began at `beganAt`. It ends no outage that began later. */
  succeeded(model: string, now: number, beganAt = now): void {
    this.#succeededAt = now
    this.#failedChecks = 0
    this.#rests?.found(model)
    if (this.#models.succeeded(model, now, beganAt)) this.#startSlowly(now)
    if (!this.#provider.hasOpenedSince(beganAt)) this.#close(now)
    this.#report()
  }

  /** `restMs`: how long a limited provider rests; by default, for as long as it has asked for. */
  failed(failure: AttemptFailure, trial: BreakerTrial, now: number, restMs?: number): void {
    this.#charge(failure, trial, now, restMs)
    this.#report()
  }

  /** Records the end of an attempt that proves nothing about the provider: another probe may be sent. */
  ended(trial: BreakerTrial): void {
    this.#endProbe(trial)
    this.#report()
  }

  /**
   * Records a background check; `error` is undefined if it succeeded. A provider that was only unreachable is back at once;
   * one that answered calls with errors gets a probe, because a list of models proves little. While checks fail, no client's
   * call is spent on a probe. `nextCheckMs`: milliseconds until the next result. Returns whether it counts: one that fails
   * while calls succeed proves nothing.
   */
  checked(error: string | undefined, nextCheckMs: number, now: number): boolean {
    const counts = error === undefined || this.#provider.isOpen || now - this.#succeededAt >= lately
    if (error === undefined) this.#checkSucceeded(now)
    else if (counts) this.#checkFailed(error, nextCheckMs, now)
    this.#report()
    return counts
  }

  /** Records a check that was refused: the provider can be reached, and no more is known. */
  reached(now: number): void {
    this.#failedChecks = 0
    if (this.#provider.cause === 'unreachable') this.#close(now)
    this.#report()
  }

  /** The verdict for other servers. */
  notice(now: number): BreakerNotice {
    return {
      provider: this.#provider.notice(now),
      models: this.#models.notice(now),
      rests: this.#rests?.notice(now) ?? {},
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    }
  }

  /** Adopts the verdict of another server, which is more recent. */
  adopt({ provider, models, rests, lastError }: BreakerNotice, now: number): void {
    if (provider.cause === undefined) this.#close(now)
    else this.#lastError = lastError ?? this.#lastError
    this.#provider.adopt(provider, now)
    this.#models.adopt(models, now)
    for (const [model, { ms, reason }] of Object.entries(rests))
      (this.#rests ??= new Rests()).rest(model, now + ms, reason)
    this.#changed = false
  }

  /** Charges a failure to what caused it. */
  #charge(
    failure: AttemptFailure,
    trial: BreakerTrial,
    now: number,
    restMs = limitMs(failure, this.#options),
  ): void {
    const { blame, code, counts, summary } = failure
    if (!counts) return this.#endProbe(trial)
    this.#lastError = summary
    if (blame === 'model') return this.#rest(trial, now + modelCooldownMs, 'model')
    const reason = code === 'upstream_overloaded' ? code : 'rate_limit_exceeded'
    if (blame === 'limited') return this.#rest(trial, now + restMs, reason)
    this.#row.failed(trial)
    if (blame === 'unreachable' || blame === 'key') this.#openProvider(failure, blame, trial, now)
    else this.#count(failure, trial, now)
  }

  #rest(trial: BreakerTrial, until: number, reason: RestReason): void {
    this.#rests ??= new Rests()
    this.#rests.rest(trial.target, until, reason)
    this.#changed = true
    this.#endProbe(trial)
  }

  #openProvider(failure: AttemptFailure, cause: Cause, trial: BreakerTrial, now: number): void {
    if (this.#provider.isOpen && !trial.probe) return
    this.#provider.open(cause, pausesAfter(failure, this.#options), now)
    this.#models.endProbe(trial.target)
    this.#changed = true
  }

  /** Counts a failure against the model, and against the provider if other requests and models agree. */
  #count(failure: AttemptFailure, trial: BreakerTrial, now: number): void {
    const pauses = pausesAfter(failure, this.#options)
    if (this.#models.failed(trial, this.#options.threshold, pauses, now)) this.#changed = true
    const { length, isFromSeveralRequests, isFromSeveralModels } = this.#row
    const agree = isFromSeveralRequests && isFromSeveralModels && length >= this.#options.threshold
    if (this.#provider.isOpen ? !trial.probe : !agree) return
    this.#provider.open('counted', pauses, now)
    this.#changed = true
  }

  #endProbe({ probe, target }: BreakerTrial): void {
    if (!probe) return
    this.#provider.endProbe()
    this.#models.endProbe(target)
    this.#changed = true
  }

  #checkSucceeded(now: number): void {
    this.#failedChecks = 0
    if (this.#provider.cause === 'unreachable') return this.#close(now)
    if (this.#provider.isOpen) this.#provider.allowProbe(now)
    if (this.#models.allowProbes(now) || this.#provider.isOpen) this.#changed = true
  }

  #checkFailed(error: string, nextCheckMs: number, now: number): void {
    this.#lastError = error
    this.#failedChecks++
    if (!this.#provider.isOpen && this.#failedChecks < failedChecksLimit) return
    this.#provider.hold('unreachable', now + nextCheckMs * 1.5)
    this.#changed = true
  }

  #close(now: number): void {
    if (this.#provider.close()) this.#startSlowly(now)
    this.#row.end()
    this.#lastError = undefined
  }

  #startSlowly(now: number): void {
    this.slowStart.begin(now, this.#options.slowStartMs)
    this.#changed = true
  }

  #report(): void {
    if (!this.#changed) return
    this.#changed = false
    this.#onChange()
  }
}
