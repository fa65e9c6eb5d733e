import { defineApproach, HulumanageError } from 'hulumanage/plugin'
import { z } from 'zod'

export default defineApproach({
  api: 1,
  name: 'haiku',
  summary: 'Answers in three lines, asking again while the model writes more or fewer',
  params: z.object({
    tries: z.int().min(1).max(8).default(3).describe('how often to ask before giving up'),
    language: z.string().default('English').describe('language of the answer'),
  }),
  cost: ({ tries }, n) => ({ calls: n * tries, rounds: tries }),

  async run(request, ctx, { tries, language }) {
    const rule = { role: 'system', content: `Answer with a haiku in ${language}: three lines, nothing else.` }
    const messages = [rule, ...request.messages]
    for (let turn = 1; turn <= tries; turn++) {
      ctx.note(`Haiku, try ${turn} of ${tries}`)
      const reply = await ctx.complete({ ...request, messages })
      const text = (await reply.text()).trim()
      if (text.split('\n').length === 3) return text
      ctx.offer(text)
    }
    throw new HulumanageError(
      'no_answer',
      `No haiku in ${tries} tries; raise haiku's tries or use another model`,
    )
  },
})
