import type { ProviderCandidate, Strategy, StrategyMemory } from '../../../src/contract/strategy.ts'

/** The strategies that come with the proxy, by the name in `routing.strategy`. */
export const strategies: Readonly<Record<string, Strategy>> = {
  weighted: {
    summary: 'in proportion to weight, interleaved',
    pick: (candidates, memory) => smooth(candidates, memory, candidate => candidate.weight),
  },
  round_robin: {
    summary: 'each in turn',
    pick: (candidates, memory) => smooth(candidates, memory, candidate => candidate.share),
  },
  failover: {
    summary: 'the first healthy one in the configuration',
    waits: true,
    pick: candidates => leastBy(candidates, candidate => candidate.order),
  },
  least_busy: {
    summary: 'the one with the fewest running calls for its weight, ties in turn',
    pick: (candidates, memory) => {
      const least = load(leastBy(candidates, load))
      return smooth(
        candidates.filter(candidate => load(candidate) === least),
        memory,
        candidate => candidate.weight,
      )
    },
  },
}

/** Running calls relative to weight, this one included. */
function load({ active, weight }: ProviderCandidate): number {
  return (active + 1) / weight
}

/**
 * Smooth weighted round robin, as in nginx: each candidate gains its weight, and the one with the most credit is picked and
 * pays the sum. Exact over each cycle and interleaved within it.
 */
function smooth(
  candidates: readonly ProviderCandidate[],
  memory: StrategyMemory,
  weightOf: (candidate: ProviderCandidate) => number,
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

function leastBy(
  candidates: readonly ProviderCandidate[],
  valueOf: (candidate: ProviderCandidate) => number,
): ProviderCandidate {
  return candidates.reduce((best, candidate) => (valueOf(candidate) < valueOf(best) ? candidate : best))
}
