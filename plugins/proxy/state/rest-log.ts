import type { BaseLogger } from 'pino'
import { clip } from '../../../src/text/clip.ts'
import type { BreakerNotice, RestReason } from './notice-format.ts'
import type { Cause } from './circuit.ts'

/** Receives the lines. */
export type RestLogger = Pick<BaseLogger, 'warn'>

/** A provider, or a model at it, that gets no calls. */
export interface Resting {
  /** Undefined for the provider itself. */
  readonly model?: string
  readonly reason: Cause | RestReason
  /** Since when, in milliseconds since 1970. */
  readonly since: number
}

/** A rest as it was first seen, on the clock on the wall and on the monotonic one. */
interface Rest {
  readonly reason: Cause | RestReason
  readonly since: number
  readonly seenAt: number
}

/**
 * Logs, once each time, when a provider, or a model at it, gets no more calls, and when it gets them again. Both are
 * warnings, so that whoever reads of an outage at `log_level: WARNING` also reads of its end. The end of a pause that the
 * provider has asked for is not logged: it was announced. Keeps the time at which each rest began.
 */
export class RestLog {
  readonly #provider: string
  readonly #log: RestLogger
  /** The models with an open circuit; an empty name for the provider itself. */
  #out: ReadonlyMap<string, Rest> = new Map()
  /** The models that pause because the provider has asked for it. */
  #pauses: ReadonlyMap<string, Rest & { readonly until: number }> = new Map()

  constructor(provider: string, log: RestLogger) {
    this.#provider = provider
    this.#log = log
  }

  /** Logs how the state differs from the last one. */
  update(notice: BreakerNotice, now: number): void {
    const { rests, lastError: error } = notice
    const open = openIn(notice)
    for (const [model, { cause, openMs }] of open)
      if (!this.#out.has(model)) this.#warn(model, { reason: cause, error, ...untilOf(openMs) })
    for (const [model, { seenAt }] of this.#out) {
      if (open.has(model)) continue
      this.#log.warn({ ...this.#subject(model), seconds: secondsOf(now - seenAt) }, 'provider is back')
    }
    for (const [model, { ms, reason }] of Object.entries(rests)) {
      if (!this.#isPausing(model, now)) this.#warn(model, { reason, error, ...untilOf(ms) })
    }
    this.adopt(notice, now)
  }

  /** Takes note of a state that another server has found and logged. */
  adopt(notice: BreakerNotice, now: number): void {
    const restOf = (reason: Rest['reason']) => ({ reason, since: Date.now(), seenAt: now })
    const open = [...openIn(notice)].map(
      ([model, { cause }]) => [model, this.#out.get(model) ?? restOf(cause!)] as const,
    )
    const pauses = Object.entries(notice.rests).map(([model, { ms, reason }]) => {
      const begun = this.#isPausing(model, now) ? this.#pauses.get(model)! : restOf(reason)
      return [model, { ...begun, until: now + ms }] as const
    })
    this.#out = new Map(open)
    this.#pauses = new Map(pauses)
  }

  /** The provider, if it rests as a whole, or else the model that has rested for longest; undefined if none rests. */
  longest(now: number): Resting | undefined {
    const whole = this.#out.get('')
    if (whole) return { reason: whole.reason, since: whole.since }
    const models = [...this.#out, ...[...this.#pauses].filter(([, { until }]) => until > now)]
    const [first] = models.toSorted(([, one], [, other]) => one.seenAt - other.seenAt)
    return first && { model: first[0], reason: first[1].reason, since: first[1].since }
  }

  #isPausing(model: string, now: number): boolean {
    return (this.#pauses.get(model)?.until ?? 0) > now
  }

  #warn(model: string, why: object): void {
    this.#log.warn({ ...this.#subject(model), ...why }, 'provider gets no calls for a while')
  }

  #subject(model: string): object {
    return { provider: this.#provider, ...(model !== '' && { model: clip(model) }) }
  }
}

/** The open circuits by model; an empty name for that of the provider itself. */
function openIn({ provider, models }: BreakerNotice): ReadonlyMap<string, BreakerNotice['provider']> {
  const circuits = [['', provider] as const, ...Object.entries(models)]
  return new Map(circuits.filter(([, { cause }]) => cause !== undefined))
}

/** How long, and until when, as the clock on the wall shows it. */
function untilOf(ms: number): object {
  return { seconds: secondsOf(ms), until: new Date(Date.now() + ms).toISOString() }
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000)
}
