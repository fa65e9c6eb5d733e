import type { CallToPlace } from '../../../src/contract/strategy.ts'

/** Number of recent calls for a model that its percentiles are taken from. */
const maxTimes = 200
/** Number of calls below which nothing is known about the slowest ones. */
const minTimes = 20
/** Number of new times after which percentiles are computed again. */
const staleAfter = 10
/** Maximum number of models: their names may come from clients. */
const maxModels = 500

interface Times {
  readonly recent: number[]
  /** Position of the oldest one once there are as many as are kept. */
  at: number
  sorted: readonly number[]
  fresh: number
}

/** How long recent calls took to their first content, by model and apart for streams and whole answers. */
export class HeadTimes {
  readonly #models = new Map<string, Times>()

  record(call: CallToPlace, milliseconds: number): void {
    const times = this.#timesOf(keyOf(call))
    times.recent[times.at] = milliseconds
    times.at = (times.at + 1) % maxTimes
    times.fresh++
  }

  /** The time in milliseconds that `percent` of recent calls did not exceed; undefined after too few calls. */
  percentile(call: CallToPlace, percent: number): number | undefined {
    const times = this.#models.get(keyOf(call))
    if (!times || times.recent.length < minTimes) return undefined
    if (times.fresh >= staleAfter) {
      times.sorted = times.recent.toSorted((one, other) => one - other)
      times.fresh = 0
    }
    return times.sorted[Math.ceil((times.sorted.length * percent) / 100) - 1]
  }

  #timesOf(key: string): Times {
    const present = this.#models.get(key)
    if (present) return present
    if (this.#models.size >= maxModels) this.#models.delete(this.#models.keys().next().value!)
    const created = { recent: [], at: 0, sorted: [], fresh: 0 }
    this.#models.set(key, created)
    return created
  }
}

function keyOf({ model, streams }: CallToPlace): string {
  return `${streams ? 'stream' : 'whole'} ${model}`
}
