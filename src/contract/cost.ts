/** The cost of one attempt at a provider. */
export interface AttemptCost {
  /** USD, not rounded; null if the price is unknown, which is not the same as free. */
  readonly usd: number | null
  /** Set if the usage behind it is an estimate, as after a call that was cancelled. */
  readonly estimated?: true
}

/** The cost of all attempts of a client request so far. */
export interface RequestCost {
  /** USD, not rounded; null if the price of any attempt is unknown. */
  readonly usd: number | null
  /** The part of `usd` for answers that nobody uses: discarded, cancelled, or of a provider that failed. Null like `usd`. */
  readonly wasted_usd: number | null
  /** Set if a part is an estimate. */
  readonly estimated?: true
}
