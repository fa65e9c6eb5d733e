import type { Candidate, Candidates, ChatRequest, Context, Scoring } from '../../../src/plugin.ts'
import { decideBy, tolerateFailure } from '../asking/tolerate-failure.ts'
import { spokenText } from '../asking/prompt-lists.ts'
import { votesFor } from '../judging/agreement.ts'
import { compare } from '../judging/choose.ts'
import { gradeAnswer } from '../judging/graded.ts'
import { jsonIn, schemaOf } from '../schema/format.ts'
import { validator } from '../schema/validator.ts'
import { confidenceOf } from './confidence.ts'
import { comparisons, isService } from './params.ts'
import type { Scorer, Service } from './params.ts'

/**
 * Scores each candidate from 0 to 1; undefined for one that the scorer cannot judge. Scores are comparable within one call.
 * If a model sends no log probabilities, or a scoring service fails, agreement decides, and the answer is reported as
 * degraded. Throws if every judgement is refused.
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
  if (isService(scorer))
    return (await askService(ctx, request, candidates, scorer)) ?? shareOfVotes(candidates)
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

function scoringBy(ctx: Context, service: Service): Scoring {
  return ctx.scorer(service.slice('http:'.length))
}

/** The scores of a service; undefined if it fails, which is reported as degraded. */
export async function askService(
  ctx: Context,
  request: ChatRequest,
  candidates: readonly Candidate[],
  service: Service,
): Promise<readonly (number | undefined)[] | undefined> {
  const score = scoringBy(ctx, service)
  const answers = candidates.map(spokenText)
  const scores = await tolerateFailure(ctx, 'the scoring service', () => score(request, answers))
  if (!scores) ctx.degrade('scorer')
  return scores
}

/** Throws `invalid_value` if a scorer cannot work, before answers for it are drawn. */
export async function checkScorer(ctx: Context, request: ChatRequest, scorer: Scorer): Promise<void> {
  if (isService(scorer)) scoringBy(ctx, scorer)
  if (scorer === 'schema') await checkSchemaOf(ctx, request)
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
