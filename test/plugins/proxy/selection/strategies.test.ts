import t from 'tap'
import fc from 'fast-check'
import { strategies } from '../../../../plugins/proxy/selection/strategies.ts'
import type { ProviderCandidate, StrategyMemory } from '../../../../src/contract/strategy.ts'

function candidates(weights: readonly number[], active: readonly number[] = []): ProviderCandidate[] {
  return weights.map((weight, order) => ({
    name: `p${order}`,
    weight,
    share: 1,
    order,
    active: active[order] ?? 0,
  }))
}

function picks(
  strategy: string,
  from: readonly ProviderCandidate[],
  times: number,
  memory: StrategyMemory = new Map(),
): string[] {
  return Array.from({ length: times }, () => strategies[strategy]!.pick(from, memory).name)
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
        if (!round.includes(strategies['weighted']!.pick(round, memory))) return false
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
