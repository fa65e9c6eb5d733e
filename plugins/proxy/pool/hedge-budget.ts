/** Maximum number of hedges that calls without one can save up: all providers may become slow at once. */
const maxSaved = 10

/**
 * Limits hedges to a share of all calls: each call earns a part of a hedge. However slow providers are, hedges add no more
 * than that share, and a few at once, to their load.
 */
export class HedgeBudget {
  /** The first hedge is free, so that a server with few calls has any. */
  #saved = 1

  /** Adds what one call earns: the share of calls that may be hedged. */
  earn(share: number): void {
    this.#saved = Math.min(maxSaved, this.#saved + share)
  }

  get allows(): boolean {
    // A share such as 0.05, added up twenty times, is a little less than one.
    return this.#saved >= 1 - 1e-9
  }

  spend(): void {
    this.#saved -= 1
  }
}
