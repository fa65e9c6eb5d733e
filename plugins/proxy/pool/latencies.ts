import type { CallToPlace } from '../../../src/contract/strategy.ts'

/** Milliseconds after which a measurement has lost most of its weight (to 1/e). */
const memoryMs = 30_000
/** The same as a number of choices. */
const memoryChoices = 30
/** Maximum number of figures: names of models may come from clients. */
const maxFigures = 500

interface Figure {
  readonly ms: number
  readonly at: number
  /** How often it was looked at for a choice since. */
  choices: number
}

/**
 * How long a provider lately took to the first content, by model and apart for streams and whole answers. A moving average
 * that weighs by age and follows a slow answer at once (peak EWMA). All times are of a monotonic clock, given by the caller.
 */
export class Latencies {
  readonly #figures = new Map<string, Figure>()

  record(call: CallToPlace, ms: number, now: number): void {
    const key = keyOf(call)
    const before = this.#figures.get(key)
    this.#figures.delete(key)
    if (this.#figures.size >= maxFigures) this.#figures.delete(this.#figures.keys().next().value!)
    this.#figures.set(key, { ms: before ? blend(before, ms, now) : ms, at: now, choices: 0 })
  }

  /**
   * The latency to expect, for a choice between providers; undefined if it was never measured. It fades once both time and
   * choices have gone by without a new measurement, so that a provider that was slow is tried again: now and then under
   * load, and rarely when there are few calls.
   */
  expected(call: CallToPlace, now: number): number | undefined {
    const figure = this.#figures.get(keyOf(call))
    if (!figure) return undefined
    const age = Math.min((now - figure.at) / memoryMs, figure.choices++ / memoryChoices)
    return figure.ms * Math.exp(-age)
  }
}

function blend({ ms, at }: Figure, next: number, now: number): number {
  if (next > ms) return next
  const kept = Math.exp(-(now - at) / memoryMs)
  return ms * kept + next * (1 - kept)
}

function keyOf({ model, streams }: CallToPlace): string {
  return `${streams ? 'stream' : 'whole'} ${model}`
}
