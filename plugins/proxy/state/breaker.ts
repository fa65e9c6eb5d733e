import type { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { BreakerNotice } from './breaker-notice.ts'
import { OutcomeWindow } from './outcome-window.ts'
import { backoff } from '../../../src/time/backoff.ts'

/** Durations in milliseconds. */
export interface BreakerOptions {
  /** Failures in a row that take a provider out. */
  readonly threshold: number
  readonly cooldownMs: number
  readonly maxCooldownMs: number
  /** Whether no other provider could answer instead: then failures by count do not take it out. */
  readonly alone: boolean
}

/** One call to a provider, as its breaker sees it. */
export interface Trial {
  readonly requestId: string
  readonly model: string
  readonly probe: boolean
}

export type Status = 'healthy' | 'degraded' | 'unhealthy'

/** Time out for a provider that refuses our key; such things are not mended in seconds. */
const keyCooldownMs = 60_000
const quotaCooldownMs = 300_000
/** Time a model that a provider does not have is not asked for there. */
const modelCooldownMs = 60_000
/** Milliseconds a probe of another server is waited for, in case its end is never told. */
const othersProbeMs = 60_000
/** Failures among the outcomes of the last ten seconds that take a provider out, and how many outcomes that needs. */
const failedShare = 0.5
const minimumOutcomes = 10
/** Background checks in a row that must fail before a provider with no failed calls is out. */
const failedChecksLimit = 3

/**
 * Whether a provider is asked. Closed: yes. Open: no, until its time is over; then one call at a time goes through as a
 * probe, which closes it or opens it for twice as long. All times are of a monotonic clock, given by the caller.
 */
export class Breaker {
  #options: BreakerOptions
  #openUntil = 0
  #open = false
  #probing = false
  /** Times opened in a row, for the growing pauses. */
  #strikes = 0
  #inRow = 0
  #rowRequest: string | undefined
  #rowDistinct = false
  #unreachable = false
  #limitedUntil = 0
  readonly #window = new OutcomeWindow()
  readonly #models = new Map<string, number>()
  #failedChecks = 0
  /** Until when the probe of another server may go on. */
  #othersProbeUntil = 0
  #hasNews = false
  /** Why it was last taken out or counted against; gone with the next success. */
  lastError: string | undefined

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  configure(options: BreakerOptions): void {
    this.#options = options
  }

  /** Whether a call for a model may go there now; a `probe` must be announced with `beginProbe`. */
  admits(model: string, now: number): 'yes' | 'probe' | 'no' {
    if (now < this.#limitedUntil || now < (this.#models.get(model) ?? 0)) return 'no'
    if (!this.#open) return 'yes'
    const isProbed = this.#probing || now < this.#othersProbeUntil
    return now >= this.#openUntil && !isProbed ? 'probe' : 'no'
  }

  /** How it stands now, if that has changed since it was last told. */
  takeNews(now: number): BreakerNotice | undefined {
    if (!this.#hasNews) return undefined
    this.#hasNews = false
    const models = [...this.#models].filter(([, until]) => until > now)
    return {
      open: this.#open,
      openMs: Math.max(0, this.#openUntil - now),
      strikes: this.#strikes,
      unreachable: this.#unreachable,
      probing: this.#probing,
      limitedMs: Math.max(0, this.#limitedUntil - now),
      models: Object.fromEntries(models.map(([model, until]) => [model, until - now])),
      ...(this.lastError !== undefined && { lastError: this.lastError }),
    }
  }

  /** Takes over how it stands at another server, which knows more recent things. */
  adopt(notice: BreakerNotice, now: number): void {
    if (!notice.open) this.#close()
    else {
      this.#open = true
      this.#openUntil = now + notice.openMs
      this.#strikes = notice.strikes
      this.#unreachable = notice.unreachable
      this.lastError = notice.lastError ?? this.lastError
    }
    this.#othersProbeUntil = notice.probing ? now + othersProbeMs : 0
    this.#limitedUntil = Math.max(this.#limitedUntil, now + notice.limitedMs)
    for (const [model, ms] of Object.entries(notice.models)) this.#models.set(model, now + ms)
    this.#hasNews = false
  }

  /** When it will be asked again, at the earliest. */
  availableAt(model: string): number {
    return Math.max(this.#open ? this.#openUntil : 0, this.#limitedUntil, this.#models.get(model) ?? 0)
  }

  /** Whether it is only its rate limit that keeps it out. */
  isLimited(now: number): boolean {
    return !this.#open && now < this.#limitedUntil
  }

  beginProbe(): void {
    this.#probing = true
    this.#hasNews = true
  }

  /** A call ended in a way that says nothing about the provider: a probe may be sent again. */
  ended(trial: Trial): void {
    if (!trial.probe) return
    this.#probing = false
    this.#hasNews = true
  }

  succeeded(now: number): void {
    this.#window.add(true, now)
    this.#close()
  }

  failed(failure: AttemptFailure, trial: Trial, now: number): void {
    const { blame } = failure
    if (!failure.counts) return this.ended(trial)
    this.lastError = failure.summary
    if (blame === 'model') {
      this.#models.set(trial.model, now + modelCooldownMs)
      this.#hasNews = true
      return this.ended(trial)
    }
    if (blame === 'limited') {
      const wait = failure.retryAfter === undefined ? this.#options.cooldownMs : failure.retryAfter * 1000
      this.#limitedUntil = Math.max(this.#limitedUntil, now + wait)
      this.#hasNews = true
      return this.ended(trial)
    }
    this.#window.add(false, now)
    this.#countRow(trial.requestId)
    if (trial.probe || this.#opensOn(blame, now)) this.#openFor(failure, now)
  }

  /**
   * Result of a background check. What only was unreachable is in again at once; what answered calls with errors gets a
   * probe, since a list of models proves little. While checks fail, no client's call is spent on a probe.
   */
  checked(ok: boolean, nextCheckMs: number, now: number): void {
    if (ok) {
      this.#failedChecks = 0
      if (!this.#open) return
      this.#hasNews = true
      if (this.#unreachable) this.#close()
      else this.#openUntil = Math.min(this.#openUntil, now)
      return
    }
    this.#failedChecks++
    if (!this.#open && this.#failedChecks < failedChecksLimit) return
    this.#open = true
    this.#unreachable = true
    this.#openUntil = Math.max(this.#openUntil, now + nextCheckMs * 1.5)
    this.#hasNews = true
  }

  status(now: number): Status {
    if (this.#open) return 'unhealthy'
    return now < this.#limitedUntil || this.#inRow > 0 ? 'degraded' : 'healthy'
  }

  #countRow(requestId: string): void {
    this.#inRow++
    if (this.#rowRequest !== undefined && this.#rowRequest !== requestId) this.#rowDistinct = true
    this.#rowRequest = requestId
  }

  /** One client's request that breaks every provider must not take them all out: a row needs two of them. */
  #opensOn(blame: AttemptFailure['blame'], now: number): boolean {
    if (this.#open) return false
    if (blame !== 'failing') return true
    if (this.#options.alone || !this.#rowDistinct) return false
    const { count, failedShare: share } = this.#window.at(now)
    return this.#inRow >= this.#options.threshold || (count >= minimumOutcomes && share > failedShare)
  }

  #openFor(failure: AttemptFailure, now: number): void {
    const { cooldownMs, maxCooldownMs, alone } = this.#options
    const first = firstPause(failure) ?? cooldownMs
    const pause = backoff(first, alone ? 0 : this.#strikes, maxCooldownMs)
    this.#openUntil = now + Math.max(first, pause)
    this.#open = true
    this.#probing = false
    this.#unreachable = failure.blame === 'unreachable'
    this.#strikes++
    this.#hasNews = true
  }

  #close(): void {
    if (this.#open) {
      this.#window.clear()
      this.#hasNews = true
    }
    this.#open = false
    this.#probing = false
    this.#unreachable = false
    this.#strikes = 0
    this.#inRow = 0
    this.#rowRequest = undefined
    this.#rowDistinct = false
    this.lastError = undefined
  }
}

function firstPause(failure: AttemptFailure): number | undefined {
  if (failure.code === 'insufficient_quota') return quotaCooldownMs
  return failure.blame === 'key' ? keyCooldownMs : undefined
}
