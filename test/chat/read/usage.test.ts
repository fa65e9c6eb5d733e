import t from 'tap'
import fc from 'fast-check'
import { readUsage } from '../../../src/chat/read/usage.ts'
import { mutated, mutationsOf, nothings, strangers } from './mutations.ts'
import { soundUsage } from './sound.ts'

const plain = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const full = {
  ...plain,
  prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 2 },
}

t.test('valid usage stays the same object', async t => {
  for (const usage of [plain, full, { ...plain, cost: 0.1 }]) t.equal(readUsage(usage), usage)
})

t.test("cached tokens are read under each service's name", async t => {
  for (const more of [
    { prompt_tokens_details: { cached_tokens: 4 } },
    { prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
    { cached_tokens: 4 },
    { cache_read_input_tokens: 4 },
    { prompt_tokens_details: null, prompt_cache_hit_tokens: 4 },
    { prompt_tokens_details: { cached_tokens: null }, cached_tokens: 4 },
  ])
    t.equal(readUsage({ ...plain, ...more })?.prompt_tokens_details?.['cached_tokens'], 4)
})

t.test('usage with the names of Anthropic and Responses counts the same', async t => {
  const anthropic = { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 5 }
  t.match(readUsage(anthropic), { ...plain, prompt_tokens_details: { cached_tokens: 4 } })
  const responses = {
    input_tokens: 10,
    output_tokens: 5,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens_details: { reasoning_tokens: 2 },
  }
  t.match(readUsage(responses), {
    ...plain,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  })
})

t.test('details that are null or not numbers are dropped', async t => {
  for (const details of [null, 'x', 5, [], { cached_tokens: 'x' }, { cached_tokens: { toString: 1 } }]) {
    const usage = readUsage({ ...plain, prompt_tokens_details: details, completion_tokens_details: details })
    t.notOk(usage?.prompt_tokens_details?.['cached_tokens'])
    t.match(usage, plain)
  }
})

t.test('numbers that are not counts are not usage', async t => {
  for (const prompt_tokens of [-5, 'x', null, Number.POSITIVE_INFINITY, {}, undefined])
    t.equal(readUsage({ ...plain, prompt_tokens }), undefined)
  for (const value of [{}, null, 'many', 5, [], { total_tokens: 5 }]) t.equal(readUsage(value), undefined)
})

t.test('numbers that no answer can have used are not usage', async t => {
  for (const absurd of [2 ** 31 - 1, 2 ** 32 - 1, 1.8e12, Number.MAX_SAFE_INTEGER, 1e308]) {
    t.equal(readUsage({ ...plain, prompt_tokens: absurd }), undefined)
    t.equal(readUsage({ ...plain, completion_tokens: absurd }), undefined)
    t.match(readUsage({ ...plain, total_tokens: absurd }), plain, 'a total is the sum of what is known')
  }
  t.match(readUsage({ prompt_tokens: 1e8, completion_tokens: 1.5 }), {
    prompt_tokens: 1e8,
    completion_tokens: 1,
  })
})

t.test('a sum of parts that no answer can have used is not usage', async t => {
  const parts = { input_tokens: 1e9, cache_read_input_tokens: 1e9, output_tokens: 5 }
  t.equal(readUsage(parts), undefined)
  t.match(readUsage({ ...parts, input_tokens: 4, cache_read_input_tokens: 6 }), plain)
})

t.test('a total far above its parts is not believed, unless the thoughts are stated', async t => {
  t.strictSame(readUsage({ ...plain, total_tokens: 1e9 }), plain)
  t.match(readUsage({ ...full, total_tokens: 1e9 }), plain)
  t.match(readUsage({ ...plain, total_tokens: 50_015 }), { completion_tokens: 50_005, total_tokens: 50_015 })
  t.match(readUsage({ ...plain, total_tokens: 5e6 + 15, reasoning_tokens: 5e6 }), {
    completion_tokens: 5e6 + 5,
    total_tokens: 5e6 + 15,
  })
})

t.test('whatever is sent, the usage read is valid', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(mutationsOf(full, [...nothings, ...strangers]), mutation => {
        const usage = readUsage(mutated(full, mutation))
        return usage === undefined || soundUsage.safeParse(usage).success
      }),
      { numRuns: 500 },
    ),
  )
})
