/** What a strategy sees of a provider that could take the next call. */
export interface ProviderCandidate {
  readonly name: string
  readonly weight: number
  /** Calls running there now. */
  readonly active: number
  /** Position in the configuration. */
  readonly order: number
}

/** Memory of a strategy between calls; belongs to the pool and outlives reloads. */
export type StrategyMemory = Map<string, number>

/**
 * Chooses one of the candidates (never empty). Pure but for `memory`, which it may read and write. Called only for
 * providers that are healthy, untried and have a slot free.
 */
export interface Strategy {
  readonly summary: string
  /** Whether a full provider that would be chosen is waited for (`slot_wait`) before another is taken. */
  readonly waits?: boolean
  pick(candidates: readonly ProviderCandidate[], memory: StrategyMemory): ProviderCandidate
}
