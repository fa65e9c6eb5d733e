import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'
import { decideBy } from '../asking/tolerate-failure.ts'
import { spokenText } from '../asking/prompt-lists.ts'
import { votesFor } from '../judging/agreement.ts'
import { compare } from '../judging/choose.ts'
import { gradeAnswer } from '../judging/graded.ts'
import { jsonIn, schemaOf } from '../schema/format.ts'
import { validator } from '../schema/validator.ts'
import { confidenceOf } from './confidence.ts'
import { comparisons } from './params.ts'
import type { Scorer } from './params.ts'

/**
 * Scores each candidate from 0 to 1; undefined for one that the scorer cannot judge. Scores are comparable within one call.
 * If a model sends no log probabilities, agreement decides, and the answer is reported as degraded. Throws if every judgement
 * is refused.
 */
export async function scoreEach(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  scorer: Scorer,
): Promise<readonly (number | undefined)[]> {
  if (scorer === 'grade') {
    const tasks = candidates.map(candidate => () => gradeAnswer(ctx, request, candidate))
    const grades = await decideBy(ctx, 'a grade', tasks)
    return grades.map(grade => (grade === undefined ? undefined : grade / 10))
  }
  if (scorer === 'pairwise') return await sharesOfPicks(ctx, request, candidates)
  if (scorer === 'schema') return await scoreBySchema(ctx, request, candidates)
  if (scorer === 'agreement') return shareOfVotes(candidates)
  const sure = candidates.map(confidenceOf)
  if (sure.every(one => one !== undefined)) return sure.map(({ probability }) => probability)
  ctx.degrade('logprobs')
  return shareOfVotes(candidates)
}

function shareOfVotes(candidates: Candidates): readonly number[] {
  const votes = votesFor(candidates)
  return candidates.map(candidate => votes.get(candidate)! / candidates.length)
}

async function sharesOfPicks(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<readonly (number | undefined)[]> {
  if (candidates.length === 1) return [undefined]
  const picks = await compare(ctx, request, candidates, comparisons)
  if (picks.length === 0) return candidates.map(() => undefined)
  return candidates.map((_, index) => picks.filter(pick => pick === index).length / picks.length)
}

/** Throws `invalid_value` if the schema of a request cannot be used, before answers to compare with it are drawn. */
export async function checkSchemaOf(ctx: Context, request: ChatRequest): Promise<void> {
  const schema = schemaOf(request)
  if (schema !== undefined) await validator.checkSchema(schema, ctx.signal)
}

/** 1 for answers that match the schema of the request, 0 for others; undefined for all if it asks for no JSON. */
async function scoreBySchema(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<readonly (number | undefined)[]> {
  const schema = schemaOf(request)
  if (schema === undefined) return candidates.map(() => undefined)
  return await Promise.all(candidates.map(candidate => matches(ctx, schema, candidate)))
}

async function matches(ctx: Context, schema: string, candidate: Candidate): Promise<number> {
  const json = jsonIn(spokenText(candidate))
  if (json === undefined) return 0
  return (await validator.faultsOf(schema, json, ctx.signal)).length === 0 ? 1 : 0
}
