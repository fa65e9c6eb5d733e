import type { Strategy } from '../../../src/contract/strategy.ts'
import { leastCost } from './strategies/least-cost.ts'
import { leastLatency } from './strategies/least-latency.ts'
import { leastInTurn, load, roundRobin, weighted } from './strategies/rotation.ts'
import { usage } from './strategies/usage.ts'

/** The strategies that come with the proxy, by the name in `routing.strategy`. */
export const strategies: Readonly<Record<string, Strategy>> = {
  weighted,
  round_robin: roundRobin,
  failover: {
    summary: 'the first healthy one in the configuration',
    waits: true,
    pick: candidates => candidates.reduce((best, next) => (next.order < best.order ? next : best)),
  },
  least_busy: {
    summary: 'the one with the fewest running calls for its weight, ties in turn',
    pick: (candidates, memory) => leastInTurn(candidates, memory, load),
  },
  least_latency: leastLatency,
  usage,
  least_cost: leastCost,
}
