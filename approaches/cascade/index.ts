import { defineApproach, HulumanageError } from '../../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { ensureAnswer, ensureContent } from '../lib/asking/final-call.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { schemaOf } from '../lib/schema/format.ts'
import { isService } from '../lib/scoring/params.ts'
import { checkSchemaOf, checkScorer } from '../lib/scoring/score.ts'
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
    if (own.accept === 'schema') await checkSchema(ctx, request)
    if (isService(own.accept)) await checkScorer(ctx, request, own.accept)
    const doubted: Doubted[] = []
    for (const [index, model] of levels.slice(0, -1).entries()) {
      ctx.note(`Asking model ${index + 1} of ${levels.length}`)
      const verdict = await ctx.span(`level_${index + 1}`, inner =>
        tolerateFailure(inner, 'a cheaper model', () => askLevel(inner, { ...request, model }, own)),
      )
      if (!verdict) continue
      const { candidate, doubt } = verdict
      if (doubt === undefined) {
        discard(doubted)
        return candidate.answer()
      }
      doubted.push({ candidate, doubt })
      ctx.offer(candidate.answer())
    }
    return await askLast(ctx, { ...request, model: levels.at(-1)! }, doubted)
  },
})

/** An answer that was not good enough, and why. */
interface Doubted {
  readonly candidate: Candidate
  readonly doubt: string
}

/** Discards answers, once it is certain that another one is used. */
function discard(doubted: readonly Doubted[]): void {
  for (const { candidate, doubt } of doubted) candidate.discard(doubt)
}

/**
 * Streams the answer of the strongest model, which sees the question alone: the answers that were not good enough would lead
 * it astray. If it fails, the last of these is the answer.
 */
async function askLast(ctx: Context, request: ChatRequest, doubted: readonly Doubted[]): Promise<Reply> {
  ctx.note('Asking the last model')
  const fallback = doubted.at(-1)?.candidate
  if (!fallback) return ensureContent(await ctx.complete(request))
  const reply = await tolerateFailure(ctx, 'the last model', () => ctx.complete(request))
  discard(reply ? doubted : doubted.slice(0, -1))
  return reply ? ensureAnswer(ctx, reply, fallback) : fallback.answer()
}

/** Throws `invalid_value` if the request has no usable schema: any answer of the cheapest model would be good enough. */
async function checkSchema(ctx: Context, request: ChatRequest): Promise<void> {
  if (schemaOf(request) !== undefined) return await checkSchemaOf(ctx, request)
  const message =
    'response_format: cascade accepts answers by schema here, but the request has none; add response_format with a json_schema, or set accept of cascade to agreement, grade or logprob'
  throw new HulumanageError('invalid_value', message, { param: 'response_format' })
}

/** The models to ask, from the cheapest to the strongest; at least one. Throws `invalid_value` if a name is missing. */
function levelsOf({ model }: ChatRequest, { models }: CascadeParams): readonly string[] {
  const named = model.split('>').map(name => name.trim())
  if (named.every(name => name !== '') && named.length <= mostNamed) return [...models, ...named]
  const message = `model: cascade takes up to ${mostNamed} models with ">" between them, such as "cascade-small>large"; put more of them into its param models`
  throw new HulumanageError('invalid_value', message, { param: 'model' })
}
