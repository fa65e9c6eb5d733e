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
  pick(candidates: readonly ProviderCandidate[], memory: StrategyMemory): ProviderCandidate
}
