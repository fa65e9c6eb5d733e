import type { Strategy } from '../../../../src/contract/strategy.ts'
import { leastInTurn } from './rotation.ts'

/** Uses up all rate limits evenly, each relative to its size. A provider that is back gets fewer calls at first. */
export const usage: Strategy = {
  summary: 'the one with the most of its rate limit left',
  pick: (candidates, memory) => leastInTurn(candidates, memory, ({ rateLeft, share }) => -rateLeft * share),
}
