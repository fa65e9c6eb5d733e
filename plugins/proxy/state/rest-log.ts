import type { BaseLogger } from 'pino'
import { clip } from '../../../src/text/clip.ts'
import type { BreakerNotice } from './notice-format.ts'

/** Receives the lines. */
export type RestLogger = Pick<BaseLogger, 'info' | 'warn'>

/**
 * Logs, once each time, when a provider, or a model at it, gets no more calls, and when it gets them again. The end of a
 * pause that the provider has asked for is not logged: it was announced.
 */
export class RestLog {
  readonly #provider: string
  readonly #log: RestLogger
  /** The models with an open circuit; an empty name for the provider itself. */
  #out: ReadonlySet<string> = new Set()
  /** When the pause of each model ends that a line has announced. */
  #pauses: ReadonlyMap<string, number> = new Map()

  constructor(provider: string, log: RestLogger) {
    this.#provider = provider
    this.#log = log
  }

  /** Logs how the state differs from the last one. */
  update({ provider, models, rests, lastError: error }: BreakerNotice, now: number): void {
    const circuits = [['', provider] as const, ...Object.entries(models)]
    const open = circuits.filter(([, { cause }]) => cause !== undefined)
    for (const [model, { cause, openMs }] of open)
      if (!this.#out.has(model)) this.#warn(model, { reason: cause, error, seconds: secondsOf(openMs) })
    const out = new Set(open.map(([model]) => model))
    for (const model of this.#out)
      if (!out.has(model)) this.#log.info(this.#subject(model), 'provider is back')
    this.#out = out
    this.#pauses = new Map(
      Object.entries(rests).map(([model, { ms, reason }]) => {
        const isNew = (this.#pauses.get(model) ?? 0) <= now
        if (isNew) this.#warn(model, { reason, error, seconds: secondsOf(ms) })
        return [model, now + ms]
      }),
    )
  }

  #warn(model: string, why: object): void {
    this.#log.warn({ ...this.#subject(model), ...why }, 'provider gets no calls for a while')
  }

  #subject(model: string): object {
    return { provider: this.#provider, ...(model !== '' && { model: clip(model) }) }
  }
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000)
}
