/** A provider that could take the next call, as a strategy sees it. */
export interface ProviderCandidate {
  readonly name: string
  /** At least 1 as configured, and less while `share` is. */
  readonly weight: number
  /** The part of its usual calls that it is to get: 1, or less for some seconds after an outage. */
  readonly share: number
  /** Calls that are running there now. */
  readonly active: number
  /** Position in the configuration. */
  readonly order: number
  /** The part of its rate limit that is left, from 0 to 1; 1 without a limit. */
  readonly rateLeft: number
  /**
   * Milliseconds to the first content of such calls lately; undefined if not measured. Only for a strategy that
   * `measures`.
   */
  latencyMs(call: CallToPlace): number | undefined
  /** The price of the call's model in USD per million tokens; undefined if it is unknown. */
  price(call: CallToPlace): { readonly input: number; readonly output: number } | undefined
}

/** The call that a provider is chosen for, as a strategy sees it. */
export interface CallToPlace {
  readonly model: string
  readonly streams: boolean
  /** An estimate; 0 for a body that is passed on unread. */
  readonly promptTokens: number
  /** The most that its answer may have, as far as it is known; all choices together. */
  readonly answerTokens: number
}

/** The memory of a strategy between calls. It belongs to the pool and survives reloads. */
export type StrategyMemory = Map<string, number>

/**
 * A way to choose one of several candidates (never none). Pure except for `memory`, which it may read and write.
 * Candidates are healthy, have not been tried for this call, and have a free slot.
 */
export interface Strategy {
  readonly summary: string
  /** Whether to wait for the preferred provider (`slot_wait`) if it is full, before choosing another. */
  readonly waits?: boolean
  /** Whether it needs the latency of candidates, which is measured only then. */
  readonly measures?: boolean
  pick(candidates: readonly ProviderCandidate[], memory: StrategyMemory, call: CallToPlace): ProviderCandidate
}
