import type { CallToPlace, ProviderCandidate, Strategy } from '../../../../src/contract/strategy.ts'
import { leastInTurn, load } from './rotation.ts'

/**
 * Of two candidates drawn at random, the one that will have its first content sooner. Two rather than all, so that many
 * servers and calls do not all go to the fastest at once (power of two choices).
 */
export const leastLatency: Strategy = {
  summary: 'the faster of two to the first content, for its running calls',
  measures: true,
  pick: (candidates, memory, call) =>
    leastInTurn(drawTwo(candidates), memory, candidate => cost(candidate, call)),
}

/** An idle provider that was never measured goes first; one that is being measured goes last. */
function cost(candidate: ProviderCandidate, call: CallToPlace): number {
  const latencyMs = candidate.latencyMs(call)
  if (latencyMs !== undefined) return latencyMs * load(candidate)
  return candidate.active === 0 ? 0 : Number.POSITIVE_INFINITY
}

function drawTwo(candidates: readonly ProviderCandidate[]): readonly ProviderCandidate[] {
  const { length } = candidates
  if (length <= 2) return candidates
  const one = Math.floor(Math.random() * length)
  const step = 1 + Math.floor(Math.random() * (length - 1))
  return [candidates[one]!, candidates[(one + step) % length]!]
}
