import type { ProviderCandidate, Strategy, StrategyMemory } from '../../../../src/contract/strategy.ts'

type ValueOf = (candidate: ProviderCandidate) => number

/** The default. */
export const weighted: Strategy = {
  summary: 'in proportion to weight, interleaved',
  pick: (candidates, memory) => inTurn(candidates, memory, ({ weight }) => weight),
}

export const roundRobin: Strategy = {
  summary: 'each in turn',
  pick: (candidates, memory) => inTurn(candidates, memory, ({ share }) => share),
}

/**
 * Smooth weighted round robin, as in nginx: each candidate gains its weight, and the one with the most credit is picked and
 * pays the sum. Exact over each cycle and interleaved within it.
 */
function inTurn(
  candidates: readonly ProviderCandidate[],
  memory: StrategyMemory,
  weightOf: ValueOf,
): ProviderCandidate {
  let best = candidates[0]!
  let bestCredit = Number.NEGATIVE_INFINITY
  let total = 0
  for (const candidate of candidates) {
    const weight = weightOf(candidate)
    const credit = (memory.get(candidate.name) ?? 0) + weight
    memory.set(candidate.name, credit)
    total += weight
    if (credit > bestCredit) {
      best = candidate
      bestCredit = credit
    }
  }
  memory.set(best.name, bestCredit - total)
  return best
}

/** The candidate with the least value; several with the same one take turns by weight. Each value is taken once. */
export function leastInTurn(
  candidates: readonly ProviderCandidate[],
  memory: StrategyMemory,
  valueOf: ValueOf,
): ProviderCandidate {
  const values = candidates.map(valueOf)
  const least = Math.min(...values)
  const equal = candidates.filter((_, index) => values[index] === least)
  return inTurn(equal, memory, ({ weight }) => weight)
}

/** Running calls relative to weight, this one included. */
export function load({ active, weight }: ProviderCandidate): number {
  return (active + 1) / weight
}
