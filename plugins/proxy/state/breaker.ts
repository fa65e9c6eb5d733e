import type { AttemptFailure } from '../../../src/attempt/failure.ts'
import { backoff } from '../../../src/time/backoff.ts'
import { FailureCount } from './failure-count.ts'
import type { BreakerNotice } from './notice-format.ts'
import { Rests } from './rests.ts'

/** Durations in milliseconds. */
export interface BreakerOptions {
  /** Failures in a row that open the breaker. */
  readonly threshold: number
  readonly cooldownMs: number
  readonly maxCooldownMs: number
  /** Whether there is no other provider: then counted failures do not open it, and pauses do not grow. */
  readonly alone: boolean
}

/** The part of an attempt that its breaker needs. */
export interface BreakerTrial {
  readonly requestId: string
  readonly model: string
  readonly probe: boolean
}

export type Status = 'healthy' | 'degraded' | 'unhealthy'

/** Pause of a provider that refuses our key, which nobody fixes within seconds. */
const keyCooldownMs = 60_000
const quotaCooldownMs = 300_000
/** Pause before a provider is asked again for a model that it does not have. */
const modelCooldownMs = 60_000
/** How long the probe of another server is waited for, in case its end is never reported. */
const foreignProbeMs = 60_000
const noRests = { limitedMs: 0, models: {} }
/** Failed background checks in a row that take out a provider whose calls have not failed. */
const failedChecksLimit = 3

/**
 * Decides whether a provider gets calls. Closed: it does. Open: it does not until the pause is over; then one call at a
 * time goes through as a probe, which closes the breaker or opens it for twice as long. All times are of a monotonic
 * clock, given by the caller.
 */
export class Breaker {
  #options: BreakerOptions
  readonly #onChange: () => void
  #open = false
  #openUntil = 0
  #probing = false
  #foreignProbeUntil = 0
  /** Times it opened in a row, for the growing pauses. */
  #strikes = 0
  #unreachable = false
  #failedChecks = 0
  readonly #failures = new FailureCount()
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

  /** The last failure that counted; undefined after a success. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Whether a call for a model may be sent now. A `probe` must be announced with `beginProbe`. */
  admits(model: string, now: number): 'yes' | 'probe' | 'no' {
    if (this.#rests && now < this.#rests.until(model)) return 'no'
    if (!this.#open) return 'yes'
    const isProbed = this.#probing || now < this.#foreignProbeUntil
    return now >= this.#openUntil && !isProbed ? 'probe' : 'no'
  }

  /** The earliest time at which a call for the model may be sent. */
  availableAt(model: string): number {
    return Math.max(this.#open ? this.#openUntil : 0, this.#rests?.until(model) ?? 0)
  }

  /** Whether nothing but the provider's own rate limit keeps calls away. */
  isLimited(now: number): boolean {
    return !this.#open && this.#rests?.isLimited(now) === true
  }

  status(now: number): Status {
    if (this.#open) return 'unhealthy'
    return this.#rests?.isLimited(now) || this.#failures.inRow > 0 ? 'degraded' : 'healthy'
  }

  beginProbe(): void {
    this.#probing = true
    this.#changed = true
    this.#report()
  }

  succeeded(now: number): void {
    this.#failures.succeeded(now)
    this.#close()
    this.#report()
  }

  failed(failure: AttemptFailure, trial: BreakerTrial, now: number): void {
    this.#charge(failure, trial, now)
    this.#report()
  }

  /** Records the end of an attempt that proves nothing about the provider: another probe may be sent. */
  ended(trial: BreakerTrial): void {
    this.#endProbe(trial)
    this.#report()
  }

  /**
   * Records a background check; `error` is undefined if it succeeded. A provider that was only unreachable is back at
   * once; one that answered calls with errors gets a probe, because a list of models proves little. While checks fail,
   * no client's call is spent on a probe. `nextCheckMs`: milliseconds until the next check has its result.
   */
  checked(error: string | undefined, nextCheckMs: number, now: number): void {
    if (error === undefined) this.#checkSucceeded(now)
    else this.#checkFailed(error, nextCheckMs, now)
    this.#report()
  }

  /** The verdict for other servers. */
  notice(now: number): BreakerNotice {
    return {
      open: this.#open,
      openMs: Math.max(0, this.#openUntil - now),
      strikes: this.#strikes,
      unreachable: this.#unreachable,
      probing: this.#probing,
      ...(this.#rests?.remaining(now) ?? noRests),
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    }
  }

  /** Adopts the verdict of another server, which is more recent. */
  adopt(notice: BreakerNotice, now: number): void {
    if (!notice.open) this.#close()
    else {
      this.#open = true
      this.#openUntil = now + notice.openMs
      this.#strikes = notice.strikes
      this.#unreachable = notice.unreachable
      this.#lastError = notice.lastError ?? this.#lastError
    }
    this.#foreignProbeUntil = notice.probing ? now + foreignProbeMs : 0
    const rests = (this.#rests ??= new Rests())
    rests.limit(now + notice.limitedMs)
    for (const [model, ms] of Object.entries(notice.models)) rests.restModel(model, now + ms)
    this.#changed = false
  }

  /** Charges a failure to what caused it: one model, the provider's rate limit, or the provider. */
  #charge(failure: AttemptFailure, trial: BreakerTrial, now: number): void {
    if (!failure.counts) return this.#endProbe(trial)
    this.#lastError = failure.summary
    if (failure.blame === 'model' || failure.blame === 'limited') {
      this.#rests ??= new Rests()
      if (failure.blame === 'model') this.#rests.restModel(trial.model, now + modelCooldownMs)
      else this.#rests.limit(now + this.#limitMs(failure))
      this.#changed = true
      return this.#endProbe(trial)
    }
    this.#failures.failed(trial.requestId, now)
    if (trial.probe || this.#opensOn(failure, now)) this.#openFor(failure, now)
  }

  #limitMs({ retryAfter }: AttemptFailure): number {
    return retryAfter === undefined ? this.#options.cooldownMs : retryAfter * 1000
  }

  #opensOn({ blame }: AttemptFailure, now: number): boolean {
    if (this.#open) return false
    if (blame === 'unreachable' || blame === 'key') return true
    return !this.#options.alone && this.#failures.isTooHigh(this.#options.threshold, now)
  }

  #openFor(failure: AttemptFailure, now: number): void {
    const { cooldownMs, maxCooldownMs, alone } = this.#options
    const first = firstPauseMs(failure) ?? cooldownMs
    const pause = backoff(first, alone ? 0 : this.#strikes, maxCooldownMs)
    // The pause after a refused key may be longer than the longest cooldown.
    this.#openUntil = now + Math.max(first, pause)
    this.#open = true
    this.#probing = false
    this.#unreachable = failure.blame === 'unreachable'
    this.#strikes++
    this.#changed = true
  }

  #endProbe({ probe }: BreakerTrial): void {
    if (!probe) return
    this.#probing = false
    this.#changed = true
  }

  #checkSucceeded(now: number): void {
    this.#failedChecks = 0
    if (!this.#open) return
    this.#changed = true
    if (this.#unreachable) this.#close()
    else this.#openUntil = Math.min(this.#openUntil, now)
  }

  #checkFailed(error: string, nextCheckMs: number, now: number): void {
    this.#lastError = error
    this.#failedChecks++
    if (!this.#open && this.#failedChecks < failedChecksLimit) return
    this.#open = true
    this.#unreachable = true
    this.#openUntil = Math.max(this.#openUntil, now + nextCheckMs * 1.5)
    this.#changed = true
  }

  #close(): void {
    if (this.#open) {
      this.#failures.forgetOutcomes()
      this.#changed = true
    }
    this.#open = false
    this.#probing = false
    this.#unreachable = false
    this.#strikes = 0
    this.#failures.endRow()
    this.#lastError = undefined
  }

  #report(): void {
    if (!this.#changed) return
    this.#changed = false
    this.#onChange()
  }
}

function firstPauseMs({ code, blame }: AttemptFailure): number | undefined {
  if (code === 'insufficient_quota') return quotaCooldownMs
  return blame === 'key' ? keyCooldownMs : undefined
}
