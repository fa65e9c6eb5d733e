import type { Candidate, Candidates, ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withExchange, withUserText } from '../lib/asking/conversation.ts'
import { enclose, listCandidates, spokenText } from '../lib/asking/prompt-lists.ts'
import { decideBy, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { readVerdict } from '../lib/judging/verdict.ts'

const comparePrompt = `Do not answer the above yourself. These answers to it disagree. Find the first place where they part, \
and work out who is right there: recompute, or test each claim against the conditions of the task. List each error that you \
find, with the number of the answer it is in. Say what you could not decide. Choose no winner.`

const verifyPrompt = `Step back and verify your last answer. First write it again as a proof: numbered steps, each of which \
states what it follows from. Then check each step by itself, and check whether the result meets every condition of the task. \
An answer is correct only if each step holds. Close with a line of its own:
Verdict: CORRECT or Verdict: INCORRECT`

/** The judgement of an answer, and the reasons for it. */
export interface Verification {
  readonly verdict: boolean | undefined
  readonly report: string
}

/** A report on where answers differ and who errs; undefined if there is nothing to compare, or if the call fails. */
export async function compareAnswers(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<string | undefined> {
  if (candidates.length === 1) return undefined
  const question = `Answers to the above:\n\n${listCandidates('answer', candidates)}\n\n${comparePrompt}`
  return await ctx.span('compare', inner =>
    tolerateFailure(inner, 'a comparison', () =>
      ask(inner, request, withUserText(request.messages, question)),
    ),
  )
}

/** Verifies each candidate in a call of its own, all concurrently. Throws if every call is refused. */
export async function verifyEach(
  ctx: Context,
  request: ChatRequest,
  candidates: readonly Candidate[],
  report: string | undefined,
): Promise<ReadonlyMap<Candidate, Verification>> {
  const found = await ctx.span('verify', inner =>
    decideBy(
      inner,
      'a verification',
      candidates.map(candidate => () => verify(inner, request, candidate, report)),
    ),
  )
  return new Map(
    candidates.map((candidate, at) => [candidate, found[at] ?? { verdict: undefined, report: '' }]),
  )
}

async function verify(
  ctx: Context,
  request: ChatRequest,
  candidate: Candidate,
  report: string | undefined,
): Promise<Verification | undefined> {
  const known = report
    ? `Somebody compared your answer with others, and may err:\n\n${enclose('comparison', report)}\n\n`
    : ''
  const messages = withExchange(request.messages, spokenText(candidate), `${known}${verifyPrompt}`)
  const text = await ask(ctx, request, messages)
  const verdict = readVerdict(text)
  return verdict === undefined ? undefined : { verdict, report: text }
}
