import type { Answer, Approach, ChatRequest } from '../../contract/index.ts'
import type { ProviderCall, ProviderUpstream } from '../../chat/provider-call.ts'
import type { Part } from '../../chat/merge.ts'
import { markCutShort, limitChoices } from '../../chat/transform-reply.ts'
import { NoAnswer, replyFrom } from '../../chat/reply.ts'
import { badResult, isAnswer, isBudgetError, stepError } from './step-result.ts'
import { type Progress, StepContext } from './context.ts'
import { frozenCopy } from '../../contract/freeze.ts'
import { Scope } from './scope.ts'

/**
 * Runs an approach once. Its signal aborts when `run` has returned and the reply it returned has been read or cancelled.
 * If a budget runs out, the best answer so far is the answer. A list of texts becomes at most `limit` choices, a reply
 * only its first choice.
 */
export async function runApproach(
  step: Approach,
  below: ProviderUpstream,
  request: ChatRequest,
  call: ProviderCall,
  limit: number,
): Promise<Part> {
  const scope = new Scope(call.signal)
  const given = frozenCopy(request)
  const progress: Progress = { given, below, model: request.model, several: false, offered: undefined }
  const path = call.path === '' ? step.name : `${call.path}.${step.name}`
  const trace = call.trace?.open(path)
  try {
    const inner = { signal: scope.signal, path, request: call.request, bill: call.bill, trace }
    const part = await answerOf(step, progress, inner, scope, limit)
    scope.closeWith(part.reply)
    trace?.answered(part.reply)
    return part
  } catch (error) {
    scope.close()
    trace?.failed(error)
    throw error
  }
}

async function answerOf(
  step: Approach,
  progress: Progress,
  call: ProviderCall,
  scope: Scope,
  limit: number,
): Promise<Part> {
  const ctx = new StepContext(progress, call)
  try {
    const params = call.request.params(step)
    const given = await scope.race(async () => await step.run(progress.given, ctx, params))
    return partOf(given, step, progress, limit)
  } catch (error) {
    // Out of tokens while thinking: the client sees that, as without the approach.
    if (error instanceof NoAnswer && error.cutOff) return partOf(error.cutOff(), step, progress, limit)
    const failure = stepError(step, error, scope.signal)
    if (progress.offered === undefined || !isBudgetError(failure)) throw failure
    const { path, request } = call
    request.log.warn({ err: failure, path }, 'a budget ran out: returning the best answer so far')
    const { reply, choices } = partOf(progress.offered, step, progress, limit)
    return { reply: markCutShort(reply), choices }
  }
}

function partOf(value: unknown, step: Approach, progress: Progress, limit: number): Part {
  if (!isAnswer(value)) throw badResult(step, value, 'a text, a list of texts or a reply')
  if (isText(value)) {
    const texts = typeof value === 'string' ? [value] : value.slice(0, limit)
    return { reply: replyFrom(texts, progress.model), choices: texts.length }
  }
  const single = value.wire !== undefined && !progress.several
  return { reply: single ? value : limitChoices(value, 1), choices: 1 }
}

function isText(answer: Answer): answer is string | readonly string[] {
  return typeof answer === 'string' || Array.isArray(answer)
}
