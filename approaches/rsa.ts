import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  groupByAnswer,
  sample,
  sampleEach,
  withDrawTemperature,
  withSeed,
} from '../src/plugin.ts'
import type { Candidates, ChatRequest, Context } from '../src/plugin.ts'
import { withUserText } from './lib/asking/conversation.ts'
import { helperEffort, withHelperEffort } from './lib/request/helper-effort.ts'
import { sameLanguage } from './lib/asking/language.ts'
import { listCandidates, spokenText } from './lib/asking/prompt-lists.ts'
import { shorten } from './lib/asking/shorten.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { isDecided, leadOf } from './lib/judging/agreement.ts'
import { equivalence } from './lib/judging/equivalence.ts'
import { decideByMeaning, discardOutvoted, majorityOf } from './lib/judging/majority.ts'
import { rewritten } from './lib/judging/rewritten.ts'
import { shuffleIndexes } from './lib/request/shuffle.ts'

const aggregationPrompt = `Now write your own solution of the above. Use the ideas and steps of these solutions that hold up; \
any of them may be wrong, and so may all. Where they contradict each other, work out which is right. If none of them leads to \
the answer, take another way. The reader does not know them: do not mention them. \
${sameLanguage}`

export default defineApproach({
  name: 'rsa',
  summary:
    'Recursive self-aggregation: rewrites a population of solutions from random subsets of it, then votes',
  paper: 'https://arxiv.org/abs/2509.26626',
  params: z.object({
    n: z
      .int()
      .min(2)
      .max(64)
      .default(5)
      .describe('size of the population: how many solutions to write in each step'),
    k: z
      .int()
      .min(1)
      .max(64)
      .default(3)
      .describe(
        'how many solutions each new one is made from; as many as n and steps 1 are also known as "heavy"',
      ),
    steps: z.int().min(1).max(16).default(2).describe('maximum number of times to rewrite the population'),
    context: z
      .int()
      .min(512)
      .default(32_768)
      .describe('approximate maximum tokens of the solutions in one prompt; longer ones lose their middle'),
    temperature: drawTemperature,
    equivalence,
    helper_effort: helperEffort,
  }),
  cost({ n, steps, equivalence: compares }, times) {
    const comparisons = compares === 'auto' ? 1 : 0
    return { calls: times * (n * (steps + 1) + comparisons), rounds: steps + 1 + comparisons }
  },

  async run(request, ctx, { equivalence: compares, helper_effort: effort, temperature, ...params }) {
    const drawing = withDrawTemperature(request, temperature)
    const candidates = await evolve(ctx, drawing, params)
    const majority = majorityOf(candidates)
    const decided =
      compares === 'auto'
        ? await decideByMeaning(ctx, withHelperEffort(request, effort), { candidates, majority })
        : majority
    discardOutvoted(candidates, decided)
    return decided.winner.answer()
  },
})

interface Evolution {
  readonly n: number
  readonly k: number
  readonly steps: number
  readonly context: number
}

/**
 * How certain the lead of an answer must be for the population to be rewritten no more. A rule of thumb: the lead includes the
 * votes of the present population, which another step would replace.
 */
const confidence = 0.95

/**
 * Draws a population and rewrites it step by step, until all of it agrees, the vote is decided or a whole step fails. Returns
 * the candidates that vote: the last population, and the first if answers are common enough to be counted. The draws of the
 * first are independent, whereas a mistake that convinces the model spreads over all later ones.
 */
async function evolve(ctx: Context, request: ChatRequest, evolution: Evolution): Promise<Candidates> {
  const { n, steps } = evolution
  ctx.note(`Writing ${n} solutions`)
  const first = await ctx.span('draw', inner => sample(inner, request, n))
  let population = first
  for (let step = 1; step <= steps && !isSettled(population, first); step++) {
    ctx.offer(majorityOf(population).winner.answer())
    ctx.note(`Combining ${population.length} solutions, ${step} of ${steps}`)
    const next = await ctx.span(step === 1 ? 'aggregate' : `aggregate_${step}`, inner =>
      tolerateFailure(inner, 'a step of aggregation', () =>
        aggregate(inner, request, population, step, evolution),
      ),
    )
    if (!next) break
    population = next
  }
  if (population === first || population[0].nonText) return population
  const all: Candidates = [...population, ...first]
  return groupByAnswer(all).length < all.length ? all : population
}

/** Whether rewriting is not likely to change the vote, or has nothing to combine. */
function isSettled(population: Candidates, first: Candidates): boolean {
  if (population.length === 1 || groupByAnswer(population).length === 1) return true
  return (
    population !== first &&
    isDecided(leadOf(groupByAnswer([...population, ...first])), population.length, confidence)
  )
}

/** Writes a new population: each member from a random subset of the present one. Undefined if all refuse. */
async function aggregate(
  ctx: Context,
  request: ChatRequest,
  population: Candidates,
  step: number,
  { n, k, context }: Evolution,
): Promise<Candidates | undefined> {
  const length = Math.floor(context / Math.min(k, population.length))
  const texts = population.map(candidate => ({ text: shorten(spokenText(candidate), length) }))
  const requests = Array.from({ length: n }, (_, index) => {
    const subset = shuffleIndexes(request, texts.length, `${step} ${index} `).slice(0, k)
    const list = listCandidates(
      'solution',
      subset.map(at => texts[at]!),
    )
    const prompt = `Solutions of the above, by different people:\n\n${list}\n\n${aggregationPrompt}`
    return withSeed({ ...request, messages: withUserText(request.messages, prompt) }, step * n + index)
  })
  return rewritten(ctx, population, await sampleEach(ctx, requests))
}
