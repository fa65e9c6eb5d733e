import { defineApproach, HulumanageError } from '../../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { makeFinalCall } from '../lib/asking/final-call.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { askLevel } from './level.ts'
import { costOf, mostNamed, params } from './params.ts'
import type { CascadeParams } from './params.ts'

export default defineApproach({
  name: 'cascade',
  summary: 'Asks models from cheap to strong, and stops at the first answer that is good enough',
  paper: 'https://arxiv.org/abs/2305.05176',
  params,
  cost: costOf,
  async run(request, ctx, own) {
    const levels = levelsOf(request, own)
    let best: Candidate | undefined
    for (const [index, model] of levels.slice(0, -1).entries()) {
      ctx.note(`Asking model ${index + 1} of ${levels.length}`)
      const verdict = await ctx.span(`level_${index + 1}`, inner =>
        tolerateFailure(inner, 'a cheaper model', () => askLevel(inner, { ...request, model }, own)),
      )
      if (!verdict) continue
      best = verdict.candidate
      if (verdict.doubt === undefined) return best.answer()
      best.discard(verdict.doubt)
      ctx.offer(best.answer())
    }
    return await askLast(ctx, { ...request, model: levels.at(-1)! }, best)
  },
})

/**
 * Streams the answer of the strongest model, which sees the question alone: the answers that were not good enough would lead
 * it astray. If it fails, the last of these is the answer.
 */
async function askLast(ctx: Context, request: ChatRequest, best: Candidate | undefined): Promise<Reply> {
  ctx.note('Asking the last model')
  return best ? await makeFinalCall(ctx, 'the last model', request, best) : await ctx.complete(request)
}

/** The models to ask, from the cheapest to the strongest; at least one. Throws `invalid_value` if a name is missing. */
function levelsOf({ model }: ChatRequest, { models }: CascadeParams): readonly string[] {
  const named = model.split('>').map(name => name.trim())
  if (named.every(name => name !== '') && named.length <= mostNamed) return [...models, ...named]
  const message = `model: cascade takes up to ${mostNamed} models with ">" between them, such as "cascade-small>large"; put more of them into its param models`
  throw new HulumanageError('invalid_value', message, { param: 'model' })
}
