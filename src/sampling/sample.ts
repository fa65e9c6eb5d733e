import { z } from 'zod'
import { forOneChoice, withSeed } from '../chat/request.ts'
import type { ChatRequest, Context } from '../contract/index.ts'
import { draw, isEmpty, isSound, selectUsable } from './candidate.ts'
import type { Candidate, Candidates } from './candidate.ts'
import { untilEnough } from './ending.ts'
import type { Ending } from './ending.ts'

/**
 * Draws `n` answers in one call; the layers below make single calls instead if a provider does not support `n`. With an
 * `ending`, each answer is a call of its own, because one call for all of them ends with the slowest.
 *
 * Returns the usable candidates, at least one, and decides about tools: if half of them or more call tools, the first of
 * these is the only candidate; otherwise they are left out. Truncated candidates are used only if there are no others.
 * Throws `no_answer` if no candidate is usable.
 */
export async function sample(
  ctx: Context,
  request: ChatRequest,
  n: number,
  ending?: Ending<Candidate>,
): Promise<Candidates> {
  if (!ending || n === 1)
    return selectUsable(await draw(ctx, n > 1 ? { ...request, n } : forOneChoice(request)))
  const requests = Array.from({ length: n }, (_, index) => withSeed(forOneChoice(request), index))
  return await sampleEach(ctx, requests, { ending })
}

/** Draws in windows: `next` returns how many answers to draw now, from the sound ones so far and the number still allowed; 0 ends the draw. */
export type NextWindow = (drawn: readonly Candidate[], missing: number) => number

/**
 * Like `sample` for at most `n` answers, in one call for each window that `next` asks for. A window that fails after others
 * have brought content costs its own answers only.
 */
export async function sampleInWindows(
  ctx: Context,
  request: ChatRequest,
  n: number,
  next: NextWindow,
): Promise<Candidates> {
  const drawn: Candidate[] = []
  let asked = 0
  for (let turn = 1; asked < n && drawn.length < n; turn++) {
    const size = Math.min(next(drawn.filter(isSound), n - asked), n - asked)
    if (size < 1) break
    const one = withSeed(forOneChoice(request), asked)
    asked += size
    try {
      const window = size > 1 ? { ...one, n: size } : one
      drawn.push(...(await ctx.span(turn === 1 ? 'draw' : `draw_${turn}`, inner => draw(inner, window))))
    } catch (error) {
      ctx.signal.throwIfAborted()
      if (drawn.every(isEmpty)) throw error
      ctx.log.warn({ err: error }, 'a window of answers failed; continuing without it')
      break
    }
  }
  return selectUsable(drawn)
}

/** Options of `sampleEach`. */
export interface SampleOptions {
  /** When to stop early; calls still running then are cancelled. */
  readonly ending?: Ending<Candidate> | undefined
  /** Called with each candidate that has content, as it arrives. */
  readonly onCandidate?: ((candidate: Candidate) => void) | undefined
}

/**
 * Like `sample`, with one call for each request, all concurrently. A request that is a promise is sent as soon as it
 * resolves. A failed call costs its own candidate only; if all fail, the first error is thrown.
 */
export async function sampleEach(
  ctx: Context,
  requests: readonly (ChatRequest | Promise<ChatRequest>)[],
  { ending, onCandidate }: SampleOptions = {},
): Promise<Candidates> {
  const drawFrom = async (inner: Context, request: ChatRequest | Promise<ChatRequest>, index: number) => {
    const candidates = await draw(inner, forOneChoice(await request), index)
    if (onCandidate) for (const candidate of candidates) if (!isEmpty(candidate)) onCandidate(candidate)
    return candidates
  }
  const drawAll = (inner: Context) => requests.map((request, index) => drawFrom(inner, request, index))
  const results = ending
    ? await ctx.span('quorum', inner => untilEnough(drawAll(inner), isSound, ending))
    : await Promise.allSettled(drawAll(ctx))
  ctx.signal.throwIfAborted()
  const candidates = results.flatMap(result => (result.status === 'fulfilled' ? result.value : []))
  const failed = results.filter(result => result.status === 'rejected')
  if (failed[0] && candidates.every(isEmpty)) throw failed[0].reason
  for (const { reason } of failed)
    ctx.log.warn({ err: reason as unknown }, 'a candidate failed; continuing without it')
  return selectUsable(candidates)
}

/** The param that `withDrawTemperature` takes. */
export const drawTemperature = z
  .number()
  .min(0)
  .max(2)
  .optional()
  .describe("temperature of the draw if the request sets none, or 0; by default the model's own")

/**
 * The request with a temperature that makes samples differ: the client's own, or `temperature` if that is 0 or absent.
 * Without either it has none, because many models refuse any, and their own makes samples differ. Of a client that asks
 * for 0 it becomes 1.
 */
export function withDrawTemperature(request: ChatRequest, temperature?: number): ChatRequest {
  const drawn = request.temperature || temperature || (request.temperature === 0 ? 1 : undefined)
  return drawn === undefined || drawn === request.temperature ? request : { ...request, temperature: drawn }
}
