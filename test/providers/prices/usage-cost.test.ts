import t from 'tap'
import fc from 'fast-check'
import type { Usage } from '../../../src/contract/index.ts'
import { costOfUsage } from '../../../src/providers/prices/usage-cost.ts'

const million = 1_000_000
const rates = { input: 2, output: 8 }

const used = (prompt: number, completion: number, more: Partial<Usage> = {}): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})

t.test(
  'prompt and completion have prices per million tokens, and a call may have one of its own',
  async t => {
    t.equal(costOfUsage(rates, used(million, million)), 10)
    t.equal(costOfUsage(rates, used(0, 500_000)), 4)
    t.equal(costOfUsage({ ...rates, call: 0.25 }, used(0, 0)), 0.25)
  },
)

t.test('cached, written and thought tokens have prices of their own, or that of the whole', async t => {
  const usage = used(million, million, {
    prompt_tokens_details: { cached_tokens: 500_000, cache_creation_tokens: 250_000 },
    completion_tokens_details: { reasoning_tokens: 500_000 },
  })
  t.equal(costOfUsage(rates, usage), 10)
  t.equal(
    costOfUsage({ ...rates, cached_input: 1, cache_write: 4, reasoning: 2 }, usage),
    0.5 + 0.5 + 1 + 4 + 1,
  )
  t.equal(costOfUsage({ ...rates, cached_input: 0, cache_write: 0, reasoning: 0 }, usage), 0.5 + 4)
})

t.test('thoughts that the service counts beside the completion are paid as well', async t => {
  const details = { completion_tokens_details: { reasoning_tokens: million } }
  const apart = { ...used(0, million, details), total_tokens: 2 * million }
  t.equal(costOfUsage(rates, apart), 16)
  t.equal(costOfUsage({ ...rates, reasoning: 1 }, apart), 9)
})

t.test('a tier is the rate of all tokens of a call with a longer prompt', async t => {
  const tiers = [
    { over: 200_000, rate: 4 },
    { over: 400_000, rate: 8 },
  ]
  const tiered = { input: { base: 2, tiers }, output: 0 }
  t.equal(costOfUsage(tiered, used(200_000, 0)), 0.4)
  t.equal(costOfUsage(tiered, used(400_000, 0)), 1.6)
  t.equal(costOfUsage(tiered, used(500_000, 0)), 4)
})

t.test('no usage of a provider costs less than nothing or more than its tokens', async () => {
  const count = fc.nat({ max: 1e9 })
  const details = fc.record({ cached_tokens: count, cache_creation_tokens: count, reasoning_tokens: count })
  fc.assert(
    fc.property(count, count, count, details, (prompt, completion, total, parts) => {
      const usage = {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: total,
        prompt_tokens_details: parts,
        completion_tokens_details: parts,
      }
      const most = (prompt * 2 + (completion + parts.reasoning_tokens) * 8) / million
      const cost = costOfUsage({ ...rates, cached_input: 1, reasoning: 3 }, usage)
      return cost >= 0 && cost <= most + 1e-9
    }),
  )
})
