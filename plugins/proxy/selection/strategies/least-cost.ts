import type { CallToPlace, ProviderCandidate, Strategy } from '../../../../src/contract/strategy.ts'
import { leastInTurn } from './rotation.ts'

/** Tokens up to which an answer counts: maximum lengths are often far above what is used. */
const usualAnswerTokens = 1_000

/** Providers of an unknown price go last, and equally cheap ones take turns. */
export const leastCost: Strategy = {
  summary: 'the cheapest for the prompt and an answer of usual length',
  pick: (candidates, memory, call) => leastInTurn(candidates, memory, candidate => cost(candidate, call)),
}

function cost(candidate: ProviderCandidate, call: CallToPlace): number {
  const price = candidate.price(call)
  if (!price) return Number.POSITIVE_INFINITY
  // Sizes are 0 when nothing is known of the request: then both prices count equally.
  const prompt = Math.max(1, call.promptTokens)
  const answer = Math.max(1, Math.min(usualAnswerTokens, call.answerTokens))
  return price.input * prompt + price.output * answer
}
