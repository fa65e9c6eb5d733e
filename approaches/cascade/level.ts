import { groupByAnswer, refuses, sample, sampleInWindows, withDrawTemperature } from '../../src/plugin.ts'
import type { Candidate, ChatRequest, Context } from '../../src/plugin.ts'
import { withHelperEffort } from '../lib/request/helper-effort.ts'
import { leadOf } from '../lib/judging/agreement.ts'
import { gradeAnswer } from '../lib/judging/graded.ts'
import { confidenceOf, hideLogprobs, withLogprobs } from '../lib/scoring/confidence.ts'
import { askService, scoreEach } from '../lib/scoring/score.ts'
import { isService } from '../lib/scoring/params.ts'
import { majorityOf } from '../lib/judging/majority.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import type { CascadeParams } from './params.ts'

/** The answer of one model, and the reason why it is not good enough; undefined if it is. */
export interface Verdict {
  readonly candidate: Candidate
  readonly doubt: string | undefined
}

/** Asks one of the cheaper models. Rejects if it does not answer. */
export async function askLevel(ctx: Context, request: ChatRequest, params: CascadeParams): Promise<Verdict> {
  if (params.accept === 'agreement') return await draw(ctx, request, params)
  const byWords = params.accept === 'logprob'
  const [drawn] = await sample(ctx, byWords ? withLogprobs(request) : request, 1)
  const [candidate] = byWords ? hideLogprobs([drawn], request) : [drawn]
  if (candidate.truncated) return { candidate, doubt: `truncated: ${candidate.finish}` }
  if (refuses(candidate)) return { candidate, doubt: 'refuses' }
  const isTrusted = params.accept === 'answer' || candidate.nonText
  return { candidate, doubt: isTrusted ? undefined : await doubtOf(ctx, request, candidate, params) }
}

/** Draws several answers in one call, and takes the most common one if enough of them share it. */
async function draw(
  ctx: Context,
  request: ChatRequest,
  { samples, agreement, temperature }: CascadeParams,
): Promise<Verdict> {
  const drawing = withDrawTemperature(request, temperature)
  let votes = 0
  // One more than the samples, so that the vote sees them all: of tool calls, only one is left in the end.
  const candidates = await sampleInWindows(ctx, drawing, samples + 1, (drawn, missing) => {
    votes = leadOf(groupByAnswer(drawn)).first
    return missing > samples ? samples : 0
  })
  // Shares such as 2 / 3 are not exact.
  const needed = Math.max(2, Math.ceil(samples * agreement - 1e-9))
  const { winner: candidate } = majorityOf(candidates)
  if (refuses(candidate)) return { candidate, doubt: 'refuses' }
  return { candidate, doubt: votes < needed ? `only ${votes} of ${samples} answers agree` : undefined }
}

async function doubtOf(
  ctx: Context,
  request: ChatRequest,
  candidate: Candidate,
  params: CascadeParams,
): Promise<string | undefined> {
  if (params.accept === 'grade') return await doubtByGrade(ctx, request, candidate, params)
  if (params.accept === 'schema') {
    const [score] = await scoreEach(ctx, request, [candidate], 'schema')
    return score === 0 ? 'does not match the schema' : undefined
  }
  if (isService(params.accept)) {
    const [score] = (await askService(ctx, request, [candidate], params.accept)) ?? []
    if (score === undefined) return 'not scored'
    return score * 10 < params.grade ? `scored ${score}` : undefined
  }
  const confidence = confidenceOf(candidate)
  if (!confidence) {
    ctx.degrade('logprobs')
    return 'without logprobs'
  }
  return confidence.probability < params.certainty ? 'the model was not sure of it' : undefined
}

/** The doubt that a low grade raises, or a missing one. */
async function doubtByGrade(
  ctx: Context,
  request: ChatRequest,
  candidate: Candidate,
  { judge, grade: lowest, helper_effort: effort }: CascadeParams,
): Promise<string | undefined> {
  const judging = withHelperEffort({ ...request, model: judge || request.model }, effort)
  const grade = await tolerateFailure(ctx, 'a grade', () => gradeAnswer(ctx, judging, candidate))
  if (grade === undefined) return 'not graded'
  return grade < lowest ? `graded ${grade} of 10` : undefined
}
