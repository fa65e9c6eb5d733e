import { HulumanageError } from '../contract/index.ts'
import { textOf } from '../chat/completion.ts'
import { CompleteReply } from '../chat/reply.ts'
import type {
  ChatRequest,
  Choice,
  Completion,
  Context,
  FinishReason,
  Message,
  Reply,
} from '../contract/index.ts'

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
  /** Says in the trace of the request why this one is not used, such as `outvoted`; never with text of the answer. */
  readonly discard: (why: string) => void
}

/** One or more. */
export type Candidates = readonly [Candidate, ...Candidate[]]

/** The candidates that a call gives, one for each choice. */
export async function draw(ctx: Context, request: ChatRequest, place = 0): Promise<Candidate[]> {
  const reply = await ctx.complete({ ...request, stream: false })
  const completion = await reply.completion()
  return completion.choices.map((choice, index) => ({
    ...candidateOf(choice, completion, reply.head.provider),
    place,
    discard: why => ctx.discard(reply, why, index),
  }))
}

function candidateOf(
  choice: Choice,
  completion: Completion,
  provider: string | undefined,
): Omit<Candidate, 'place' | 'discard'> {
  const { message, finish_reason: finish } = choice
  return {
    text: textOf(message),
    message,
    finish,
    truncated: finish === 'length' || finish === 'content_filter',
    nonText: Boolean(message.tool_calls?.length || message['function_call'] || message['refusal']),
    answer: () => {
      // What was billed is known to the meter; the usage here is that of all choices.
      const { usage: _usage, ...rest } = completion
      return new CompleteReply({ ...rest, choices: [{ ...choice, index: 0 }] }, provider)
    },
  }
}

/** Whether there is nothing in it. */
export function isEmpty({ text, nonText }: Candidate): boolean {
  return !nonText && text.trim() === ''
}

/** Whether a candidate is as good as any before its text is looked at. */
export function isSound(candidate: Candidate): boolean {
  return !candidate.truncated && !isEmpty(candidate)
}

/**
 * The candidates that a method may go on with, and why the others are left out. Throws `no_answer` where there is none.
 */
export function usable(drawn: readonly Candidate[]): Candidates {
  const filled = without(drawn, candidate => isEmpty(candidate) && 'empty')
  const pool = filled.every(candidate => candidate.truncated)
    ? filled
    : without(filled, candidate => candidate.truncated && `broken off: ${candidate.finish}`)
  const [caller, ...callers] = pool.filter(candidate => candidate.nonText)
  if (caller && 2 * (1 + callers.length) >= pool.length) {
    without(pool, candidate => candidate !== caller && 'another one, that calls a tool, is the answer')
    return [caller]
  }
  const [first, ...rest] = without(pool, candidate => candidate.nonText && 'calls a tool, as most do not')
  if (first) return [first, ...rest]
  throw new HulumanageError(
    'no_answer',
    `The model gave no usable answer: ${drawn.length} candidates, none with content; try again, or raise max_tokens`,
  )
}

/** The candidates with nothing against them; the others are discarded for what there is. */
function without(
  candidates: readonly Candidate[],
  objection: (candidate: Candidate) => string | false,
): readonly Candidate[] {
  return candidates.filter(candidate => {
    const why = objection(candidate)
    if (why !== false) candidate.discard(why)
    return why === false
  })
}
