import { unknownCost } from '../../chat/cost.ts'
import type { AttemptCost, RequestCost } from '../../contract/index.ts'

/** Adds up what attempts have cost. */
export class Spending {
  #usd = 0
  #wasted = 0
  #isUnknown = false
  #isEstimated = false
  isEmpty = true

  /** Adds an attempt; `wasted` if its answer is not used. */
  add({ usd, estimated }: AttemptCost, wasted: boolean): void {
    this.isEmpty = false
    if (usd === null) this.#isUnknown = true
    else {
      this.#usd += usd
      if (wasted) this.#wasted += usd
    }
    if (estimated) this.#isEstimated = true
  }

  get cost(): RequestCost {
    if (this.#isUnknown) return unknownCost
    const cost = { usd: this.#usd, wasted_usd: this.#wasted }
    return this.#isEstimated ? { ...cost, estimated: true } : cost
  }
}
