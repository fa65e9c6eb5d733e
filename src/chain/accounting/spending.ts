import type { RequestCost } from '../../contract/index.ts'

/** Adds up what the attempts of a request have cost. */
export class Spending {
  #usd = 0
  #wasted = 0
  #estimated = false

  /** Adds the USD of an attempt; `wasted` if its answer is not used. */
  add(usd: number, wasted: boolean, estimated = false): void {
    this.#usd += usd
    if (wasted) this.#wasted += usd
    this.#estimated ||= estimated
  }

  get cost(): RequestCost {
    const cost = { usd: this.#usd, wasted_usd: this.#wasted }
    return this.#estimated ? { ...cost, estimated: true } : cost
  }
}
