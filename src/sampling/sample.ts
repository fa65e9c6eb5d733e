import { z } from 'zod'
import { forOneChoice, withSeed } from '../chat/request.ts'
import type { ChatRequest, Context } from '../contract/index.ts'
import { draw, isEmpty, isSound, usable } from './candidate.ts'
import type { Candidate, Candidates } from './candidate.ts'
import { untilEnough } from './ending.ts'
import type { Ending } from './ending.ts'

/**
 * Draws `n` answers in one call; what is under the step asks for them one by one where a provider does not know `n`.
 * With an `ending` there is a call for each, since one call for all of them comes to its end with the slowest.
 * Gives the usable ones, at least one, and settles tools: where half of them or more call tools, the first of these is
 * the only candidate; else they are left out. Broken-off ones are used only where there is nothing else. Throws
 * `no_answer` where none is usable.
 */
export async function sample(
  ctx: Context,
  request: ChatRequest,
  n: number,
  ending?: Ending<Candidate>,
): Promise<Candidates> {
  if (!ending || n === 1) return usable(await draw(ctx, n > 1 ? { ...request, n } : forOneChoice(request)))
  const requests = Array.from({ length: n }, (_, index) => withSeed(forOneChoice(request), index))
  return await sampleEach(ctx, requests, { ending })
}

/** How `sampleEach` goes about it. */
export interface Drawing {
  /** Calls that are not waited for are cancelled. */
  readonly ending?: Ending<Candidate> | undefined
  /** Told each candidate with content as it comes. */
  readonly drawn?: ((candidate: Candidate) => void) | undefined
}

/**
 * As `sample`, with one call for each request, side by side. A request that is still being made is sent when it is
 * there. A failed call costs its candidate; if all fail, the first error is thrown.
 */
export async function sampleEach(
  ctx: Context,
  requests: readonly (ChatRequest | Promise<ChatRequest>)[],
  { ending, drawn }: Drawing = {},
): Promise<Candidates> {
  const drawFrom = async (inner: Context, request: ChatRequest | Promise<ChatRequest>, place: number) => {
    const candidates = await draw(inner, forOneChoice(await request), place)
    if (drawn) for (const candidate of candidates) if (!isEmpty(candidate)) drawn(candidate)
    return candidates
  }
  const drawAll = (inner: Context) => requests.map((request, place) => drawFrom(inner, request, place))
  const results = ending
    ? await ctx.span('quorum', inner => untilEnough(drawAll(inner), isSound, ending))
    : await Promise.allSettled(drawAll(ctx))
  ctx.signal.throwIfAborted()
  const candidates = results.flatMap(result => (result.status === 'fulfilled' ? result.value : []))
  const failed = results.filter(result => result.status === 'rejected')
  if (failed[0] && candidates.every(isEmpty)) throw failed[0].reason
  for (const { reason } of failed)
    ctx.log.warn({ err: reason as unknown }, 'A candidate failed; going on without it')
  return usable(candidates)
}

/** The param that `warmed` takes. */
export const drawTemperature = z
  .number()
  .min(0)
  .max(2)
  .default(1)
  .describe('temperature of the draw, where the request sets none or 0')

/** The request with a temperature that makes samples differ: the client's own, unless it is 0 or absent. */
export function warmed(request: ChatRequest, temperature: number): ChatRequest {
  return { ...request, temperature: request.temperature || temperature }
}
