import { z } from 'zod'
import { defineApproach } from '../src/plugin.ts'
import type { ChatRequest, Context } from '../src/plugin.ts'
import { ask } from './lib/ask.ts'
import { endingOf, endingParams } from './lib/ending.ts'
import { readGrade } from './lib/grade.ts'
import { optional } from './lib/optional.ts'
import { drawTemperature, sample, warmed } from './lib/sample.ts'
import type { Candidate, Candidates } from './lib/sample.ts'
import { withoutThinking } from './lib/tags.ts'

const gradePrompt = `Step back and judge your last answer as a strict examiner would: is it correct, does it answer \
what was asked, is it complete and clear? Grade it from 0 (useless) to 10 (nothing to improve). Reply with the number \
and nothing else.`

export default defineApproach({
  name: 'bon',
  summary: 'Best of n: draws several answers, has the model grade each, returns the best',
  params: z.object({
    n: z.int().min(1).max(64).default(3).describe('how many answers to draw'),
    temperature: drawTemperature,
    ...endingParams,
  }),
  aliases: { best_of_n: 'n' },
  cost: ({ n }, times) => (n === 1 ? { calls: times, rounds: 1 } : { calls: times * 2 * n, rounds: 2 }),

  async run(request, ctx, { n, temperature, ...params }) {
    ctx.note(`Drawing ${n} answers`)
    const ending = endingOf(params)
    const candidates = await ctx.span('draw', inner => sample(inner, warmed(request, temperature), n, ending))
    const [first] = candidates
    if (candidates.length === 1) return first.answer()

    ctx.offer(first.answer())
    ctx.note(`Grading ${candidates.length} answers`)
    const best = await ctx.span('grade', inner => selectBest(inner, request, candidates))
    return best.answer()
  },
})

/** Ties go to the earliest, and so does the choice where no grade can be read. Offers the best so far as grades come in. */
async function selectBest(ctx: Context, request: ChatRequest, candidates: Candidates): Promise<Candidate> {
  let best: Candidate = candidates[0]
  const grades = Array.from<number | undefined>({ length: candidates.length })
  const gradeOne = async (candidate: Candidate, index: number): Promise<void> => {
    grades[index] = await optional(ctx, 'A grade', () => gradeOf(ctx, request, candidate))
    const leader = candidates[indexOfMax(grades)] ?? best
    if (leader !== best) ctx.offer(leader.answer())
    best = leader
  }
  await Promise.all(candidates.map(gradeOne))
  for (const [index, candidate] of candidates.entries()) {
    const grade = grades[index]
    if (candidate !== best) candidate.discard(grade === undefined ? 'not graded' : `graded ${grade} of 10`)
  }
  return best
}

async function gradeOf(ctx: Context, request: ChatRequest, { text }: Candidate): Promise<number | undefined> {
  return readGrade(
    await ask(ctx, request, [
      ...request.messages,
      { role: 'assistant', content: withoutThinking(text) || text },
      { role: 'user', content: gradePrompt },
    ]),
  )
}

/** Position of the highest grade, the first of equals; -1 where there is none. */
function indexOfMax(grades: readonly (number | undefined)[]): number {
  const best = Math.max(...grades.map(grade => grade ?? -1))
  return best < 0 ? -1 : grades.indexOf(best)
}
