import t from 'tap'
import { addUsage, sumUsage } from '../../src/chat/usage.ts'
import type { Usage } from '../../src/contract/index.ts'

const bill = (prompt: number, completion: number, more: Partial<Usage> = {}): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})

t.test('adds up usages, details included', async t => {
  const one = bill(1, 2, { completion_tokens_details: { reasoning_tokens: 2 } })
  const other = bill(3, 4, {
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 1, audio_tokens: 5 },
  })
  t.same(addUsage(one, other), {
    ...bill(4, 6),
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 5 },
  })
})

t.test('a sum with an unknown part is that of the known ones', async t => {
  t.same(sumUsage(bill(1, 2), undefined), bill(1, 2))
  t.same(sumUsage(null, bill(1, 2)), bill(1, 2))
  t.equal(sumUsage(null, undefined), undefined)
})
