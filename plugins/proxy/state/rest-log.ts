import type { BaseLogger } from 'pino'
import { clip } from '../../../src/text/clip.ts'
import type { BreakerNotice } from './notice-format.ts'

/** Receives the lines. */
export type RestLogger = Pick<BaseLogger, 'warn'>

/**
 * Logs, once each time, when a provider, or a model at it, gets no more calls, and when it gets them again. Both are
 * warnings, so that whoever reads of an outage at `log_level: WARNING` also reads of its end. The end of a pause that the
 * provider has asked for is not logged: it was announced.
 */
export class RestLog {
  readonly #provider: string
  readonly #log: RestLogger
  /** When the models with an open circuit were first seen so; an empty name for the provider itself. */
  #out: ReadonlyMap<string, number> = new Map()
  /** When the pause of each model ends that a line has announced. */
  #pauses: ReadonlyMap<string, number> = new Map()

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
    for (const [model, since] of this.#out) {
      if (open.has(model)) continue
      this.#log.warn({ ...this.#subject(model), seconds: secondsOf(now - since) }, 'provider is back')
    }
    for (const [model, { ms, reason }] of Object.entries(rests)) {
      const isNew = (this.#pauses.get(model) ?? 0) <= now
      if (isNew) this.#warn(model, { reason, error, ...untilOf(ms) })
    }
    this.adopt(notice, now)
  }

  /** Takes note of a state that another server has found and logged. */
  adopt(notice: BreakerNotice, now: number): void {
    this.#out = new Map([...openIn(notice).keys()].map(model => [model, this.#out.get(model) ?? now]))
    this.#pauses = new Map(Object.entries(notice.rests).map(([model, { ms }]) => [model, now + ms]))
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
