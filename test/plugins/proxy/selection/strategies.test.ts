import t from 'tap'
import fc from 'fast-check'
import { strategies } from '../../../../plugins/proxy/selection/strategies.ts'
import type { ProviderCandidate, StrategyMemory } from '../../../../src/contract/strategy.ts'

const call = { model: 'gpt-4', streams: true, promptTokens: 100, answerTokens: 50 }

function candidates(weights: readonly number[], active: readonly number[] = []): ProviderCandidate[] {
  return weights.map((weight, order) => ({
    name: `p${order}`,
    weight,
    share: 1,
    order,
    active: active[order] ?? 0,
    rateLeft: 1,
    latencyMs: () => undefined,
    price: () => undefined,
  }))
}

function picks(
  strategy: string,
  from: readonly ProviderCandidate[],
  times: number,
  memory: StrategyMemory = new Map(),
): string[] {
  return Array.from({ length: times }, () => strategies[strategy]!.pick(from, memory, call).name)
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

t.test('weighted gives 300 requests at 2:1 as exactly 200 and 100, interleaved', async t => {
  const names = picks('weighted', candidates([2, 1]), 300)
  t.strictSame(tally(names), { p0: 200, p1: 100 })
  t.strictSame(names.slice(0, 6), ['p0', 'p1', 'p0', 'p0', 'p1', 'p0'])
})

t.test('weighted is exact over each cycle for any weights', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), weights => {
      const cycle = weights.reduce((sum, weight) => sum + weight, 0)
      const counts = tally(picks('weighted', candidates(weights), cycle * 3))
      return weights.every((weight, index) => counts[`p${index}`] === weight * 3)
    }),
  )
})

t.test('weighted is never further from its share than one cycle while providers come and go', async () => {
  const all = candidates([3, 2, 1])
  fc.assert(
    fc.property(fc.array(fc.subarray(all, { minLength: 1 }), { maxLength: 200 }), rounds => {
      const memory: StrategyMemory = new Map()
      for (const round of rounds) {
        if (!round.includes(strategies['weighted']!.pick(round, memory, call))) return false
      }
      return [...memory.values()].every(credit => Math.abs(credit) <= 6 * all.length)
    }),
  )
})

t.test('round_robin takes turns and skips providers that are out', async t => {
  const all = candidates([5, 1, 1])
  t.strictSame(picks('round_robin', all, 6), ['p0', 'p1', 'p2', 'p0', 'p1', 'p2'])
  t.strictSame(picks('round_robin', [all[0]!, all[2]!], 4), ['p0', 'p2', 'p0', 'p2'])
})

t.test('failover takes the first provider of the configuration', async t => {
  const all = candidates([1, 1, 1])
  t.strictSame(picks('failover', all.toReversed(), 2), ['p0', 'p0'])
  t.equal(strategies['failover']?.waits, true)
})

t.test('least_busy weighs running calls against weight and takes turns on ties', async t => {
  t.strictSame(picks('least_busy', candidates([1, 1], [3, 1]), 2), ['p1', 'p1'])
  t.strictSame(picks('least_busy', candidates([4, 1], [2, 0]), 1), ['p0'])
  t.strictSame(picks('least_busy', candidates([1, 1]), 4), ['p0', 'p1', 'p0', 'p1'])
})

t.test('round_robin respects the share of a provider that is back', async t => {
  const [well, back] = candidates([1, 1])
  t.strictSame(tally(picks('round_robin', [well!, { ...back!, share: 0.25 }], 50)), { p0: 40, p1: 10 })
})

/** Candidates with these latencies. */
const measured = (latencies: readonly (number | undefined)[], active: readonly number[] = []) =>
  candidates(
    latencies.map(() => 1),
    active,
  ).map((candidate, order) => ({ ...candidate, latencyMs: () => latencies[order] }))

t.test('least_latency takes the faster one for its running calls', async t => {
  t.strictSame(picks('least_latency', measured([300, 200]), 2), ['p1', 'p1'])
  t.strictSame(picks('least_latency', measured([300, 200], [0, 1]), 1), ['p0'], '300 * 1 < 200 * 2')
  t.strictSame(picks('least_latency', measured([200, 200]), 4), ['p0', 'p1', 'p0', 'p1'])
})

t.test('least_latency tries a provider without a measurement, with one call at a time', async t => {
  t.strictSame(picks('least_latency', measured([200, undefined]), 1), ['p1'])
  t.strictSame(picks('least_latency', measured([200, undefined], [0, 1]), 1), ['p0'])
  t.strictSame(picks('least_latency', measured([undefined, undefined], [3, 3]), 2), ['p0', 'p1'])
})

t.test('least_latency never takes the slowest of several, and takes each of the others', async t => {
  const counts = tally(picks('least_latency', measured([100, 110, 120, 900]), 600))
  t.strictSame(Object.keys(counts).toSorted(), ['p0', 'p1', 'p2'])
})

t.test('usage takes the one with the most of its limit left, and returning ones gradually', async t => {
  const [one, other] = candidates([1, 1])
  t.strictSame(
    picks(
      'usage',
      [
        { ...one!, rateLeft: 0.5 },
        { ...other!, rateLeft: 0.6 },
      ],
      2,
    ),
    ['p1', 'p1'],
  )
  t.strictSame(picks('usage', [one!, other!], 4), ['p0', 'p1', 'p0', 'p1'])
  t.strictSame(
    picks(
      'usage',
      [
        { ...one!, rateLeft: 0.5 },
        { ...other!, share: 0.1 },
      ],
      1,
    ),
    ['p0'],
  )
})

type Prices = readonly (readonly [input: number, output: number] | undefined)[]

function cheapest(prices: Prices, placed = call, times = 1): readonly string[] {
  const priced = candidates(prices.map(() => 1)).map((candidate, order) => {
    const [input, output] = prices[order] ?? []
    return {
      ...candidate,
      price: () => (input === undefined || output === undefined ? undefined : { input, output }),
    }
  })
  const memory: StrategyMemory = new Map()
  return Array.from({ length: times }, () => strategies['least_cost']!.pick(priced, memory, placed).name)
}

t.test('least_cost takes the cheapest for the length of prompt and answer', async t => {
  const both: Prices = [
    [1, 10],
    [4, 4],
  ]
  t.strictSame(cheapest(both, { ...call, promptTokens: 1_000, answerTokens: 10 }), ['p0'])
  t.strictSame(cheapest(both, { ...call, promptTokens: 10, answerTokens: 1_000 }), ['p1'])
  t.strictSame(cheapest(both, { ...call, promptTokens: 3_000, answerTokens: 1_000_000 }), ['p0'], 'a maximum')
  t.strictSame(cheapest(both, { ...call, promptTokens: 0, answerTokens: 0 }), ['p1'], 'nothing is known')
})

t.test('least_cost takes a provider of unknown price last, and equal ones in turn', async t => {
  t.strictSame(cheapest([undefined, [999, 999]]), ['p1'])
  t.strictSame(cheapest([undefined, [0, 0]]), ['p1'])
  t.strictSame(cheapest([[2, 2], undefined, [2, 2]], call, 4), ['p0', 'p2', 'p0', 'p2'])
  t.strictSame(cheapest([undefined, undefined], call, 4), ['p0', 'p1', 'p0', 'p1'])
})
