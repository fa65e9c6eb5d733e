import { z } from 'zod'
import { HulumanageError } from '../../src/contract/index.ts'
import { textOf } from '../../src/upstream/completion.ts'
import { CompleteReply } from '../../src/upstream/reply.ts'
import type {
  ChatRequest,
  Choice,
  Completion,
  Context,
  FinishReason,
  Message,
  Reply,
} from '../../src/contract/index.ts'

/** One answer of several that a method chooses from or builds on. */
export interface Candidate {
  readonly text: string
  readonly message: Message
  readonly finish: FinishReason
  /** Whether it broke off: out of tokens, or filtered. */
  readonly truncated: boolean
  /** Whether it is something else than text: tool calls or a refusal. */
  readonly nonText: boolean
  /** Which of several requests it answers, from 0. */
  readonly place: number
  /** The candidate as the answer of a step, as the provider sent it; a new reply at each call. */
  readonly answer: () => Reply
}

/** One or more. */
export type Candidates = readonly [Candidate, ...Candidate[]]

/**
 * Draws `n` answers in one call; what is under the step asks for them one by one where a provider does not know `n`.
 * Gives the usable ones, at least one, and settles tools: where half of them or more call tools, the first of these is
 * the only candidate; else they are left out. Broken-off ones are used only where there is nothing else. Throws
 * `no_answer` where none is usable.
 */
export async function sample(ctx: Context, request: ChatRequest, n: number): Promise<Candidates> {
  return usable(await draw(ctx, n > 1 ? { ...request, n } : single(request)))
}

/** As `sample`, with one call for each request, side by side. A failed call costs its candidate; if all fail, the first error is thrown. */
export async function sampleEach(ctx: Context, requests: readonly ChatRequest[]): Promise<Candidates> {
  const results = await Promise.allSettled(
    requests.map((request, place) => draw(ctx, single(request), place)),
  )
  ctx.signal.throwIfAborted()
  const drawn = results.flatMap(result => (result.status === 'fulfilled' ? result.value : []))
  const failed = results.filter(result => result.status === 'rejected')
  if (failed[0] && drawn.every(isEmpty)) throw failed[0].reason
  for (const { reason } of failed)
    ctx.log.warn({ err: reason as unknown }, 'A candidate failed; going on without it')
  return usable(drawn)
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

function single({ n: _n, ...request }: ChatRequest): ChatRequest {
  return request
}

async function draw(ctx: Context, request: ChatRequest, place = 0): Promise<Candidate[]> {
  const reply = await ctx.complete({ ...request, stream: false })
  const completion = await reply.completion()
  return completion.choices.map(choice =>
    candidateOf(choice, completion, { provider: reply.head.provider, place }),
  )
}

function candidateOf(
  choice: Choice,
  completion: Completion,
  { provider, place }: { readonly provider: string | undefined; readonly place: number },
): Candidate {
  const { message, finish_reason: finish } = choice
  return {
    text: textOf(message),
    message,
    finish,
    truncated: finish === 'length' || finish === 'content_filter',
    nonText: Boolean(message.tool_calls?.length || message['function_call'] || message['refusal']),
    place,
    answer: () => {
      // What was billed is known to the meter; the usage here is that of all choices.
      const { usage: _usage, ...rest } = completion
      return new CompleteReply({ ...rest, choices: [{ ...choice, index: 0 }] }, provider)
    },
  }
}

function isEmpty({ text, nonText }: Candidate): boolean {
  return !nonText && text.trim() === ''
}

function usable(drawn: readonly Candidate[]): Candidates {
  const filled = drawn.filter(candidate => !isEmpty(candidate))
  const whole = filled.filter(candidate => !candidate.truncated)
  const pool = whole.length > 0 ? whole : filled
  const [caller, ...callers] = pool.filter(candidate => candidate.nonText)
  if (caller && 2 * (1 + callers.length) >= pool.length) return [caller]

  const [first, ...rest] = pool.filter(candidate => !candidate.nonText)
  if (first) return [first, ...rest]
  throw new HulumanageError(
    'no_answer',
    `The model gave no usable answer: ${drawn.length} candidates, none with content; try again, or raise max_tokens`,
  )
}
