import { textOf } from '../chat/completion.ts'
import { CompleteReply, NoAnswer } from '../chat/reply.ts'
import { isRefusal } from './refusal.ts'
import { withoutThinking } from './thinking.ts'
import { vote } from './vote.ts'
import type {
  ChatRequest,
  Choice,
  Completion,
  Context,
  FinishReason,
  Message,
  Reply,
} from '../contract/index.ts'
import { keepExact } from '../text/json/keep-exact.ts'
import { parseJson } from '../text/json/parse.ts'

/** One of several answers that a method chooses from or builds on. */
export interface Candidate {
  readonly text: string
  readonly message: Message
  readonly finish: FinishReason
  /** Whether it is incomplete: out of tokens, or filtered. */
  readonly truncated: boolean
  /** Whether it is something other than text: tool calls or a refusal. */
  readonly nonText: boolean
  /** The log probabilities of its tokens, as the provider sent them; unchecked. */
  readonly logprobs?: unknown
  /** Which of several requests it answers, from 0. */
  readonly requestIndex: number
  /** The candidate as the answer of a step, exactly as the provider sent it; a new reply at each call. */
  readonly answer: () => Reply
  /** Records in the trace why this candidate is not used, such as `outvoted`; never pass text of the answer. */
  readonly discard: (why: string) => void
}

/** One or more. */
export type Candidates = readonly [Candidate, ...Candidate[]]

/** Calls the model and returns one candidate for each choice of its reply. */
export async function draw(ctx: Context, request: ChatRequest, requestIndex = 0): Promise<Candidate[]> {
  const reply = await ctx.complete({ ...request, stream: false })
  const completion = await reply.completion()
  return completion.choices.map((choice, index) => ({
    ...candidateOf(choice, completion, reply.head.provider),
    requestIndex,
    discard: why => ctx.discard(reply, why, index),
  }))
}

function candidateOf(
  choice: Choice,
  completion: Completion,
  provider: string | undefined,
): Omit<Candidate, 'requestIndex' | 'discard'> {
  const { message, finish_reason: finish } = choice
  return {
    text: textOf(message),
    message,
    finish,
    truncated: finish === 'length' || finish === 'content_filter',
    logprobs: choice['logprobs'] ?? undefined,
    nonText: callsTool(message) || Boolean(message['refusal']),
    answer: () => {
      // The meter already knows what was billed; the usage here covers all choices.
      const { usage: _usage, ...rest } = completion
      return new CompleteReply({ ...rest, choices: [{ ...choice, index: 0 }] }, provider)
    },
  }
}

/** Whether a candidate has no content at all, or nothing but thinking. */
export function isEmpty({ text, nonText }: Candidate): boolean {
  return !nonText && withoutThinking(text) === ''
}

/** Whether a candidate is complete and has content. */
export function isSound(candidate: Candidate): boolean {
  return !candidate.truncated && !isEmpty(candidate)
}

/**
 * Selects the candidates that a method may use and discards the others with a reason. Throws `NoAnswer` if no candidate
 * is usable.
 */
export function selectUsable(drawn: readonly Candidate[]): Candidates {
  const filled = discardIf(drawn, candidate => isEmpty(candidate) && 'empty')
  const pool = filled.every(candidate => candidate.truncated)
    ? filled
    : discardIf(filled, candidate => candidate.truncated && `truncated: ${candidate.finish}`)
  const answering = pool.some(candidate => !refuses(candidate))
    ? discardIf(pool, candidate => refuses(candidate) && 'refuses, unlike others')
    : pool
  const [firstCaller, ...callers] = answering.filter(candidate => candidate.nonText)
  if (firstCaller && 2 * (1 + callers.length) >= answering.length) {
    const caller = vote([firstCaller, ...callers], toolCallKey).winner
    discardIf(
      answering,
      candidate => candidate !== caller && 'another candidate, which calls a tool, is the answer',
    )
    return [caller]
  }
  const [first, ...rest] = discardIf(answering, candidate => candidate.nonText && 'calls a tool, unlike most')
  if (first) return [first, ...rest]
  const message = `The model returned no usable answer: ${drawn.length} candidates, none with content; try again, or raise max_tokens`
  const cutOff = drawn.find(({ truncated }) => truncated)
  throw new NoAnswer(message, cutOff?.answer)
}

/** Equal for candidates that call the same functions with the same arguments, in any order and spelling. */
export function toolCallKey({ message }: Candidate): string {
  const calls = message.tool_calls?.map(({ function: called }) => [
    called?.name,
    canonical(called?.arguments),
  ])
  const called = calls ?? [functionCallOf(message) ?? null]
  return called
    .map(call => JSON.stringify(call))
    .toSorted()
    .join('\n')
}

/** The older form of a call, of a single function. */
function functionCallOf(message: Message): unknown {
  const called = message['function_call'] as
    { readonly name?: string; readonly arguments?: string } | undefined
  return called && [called.name, canonical(called.arguments)]
}

/** The JSON of arguments with the fields of each object in one order; the text itself if it is not JSON. */
function canonical(json: string | undefined): unknown {
  try {
    return parseJson(json ?? '', inOrder)
  } catch {
    return json
  }
}

/** A reviver for fields in one order, and for numbers as exact as they are spelled, which do not equal a text. */
function inOrder(name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const exact = keepExact(name, value, context)
  if (exact !== value) return { number: exact }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return { fields: Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)) }
}

/** Whether a candidate does nothing but refuse, in words or in the field for it. */
export function refuses({ text, nonText, message }: Candidate): boolean {
  return nonText ? !callsTool(message) : isRefusal(text)
}

function callsTool(message: Message): boolean {
  return Boolean(message.tool_calls?.length || message['function_call'])
}

/** Discards the candidates that have an objection, which becomes the reason, and returns the others. */
function discardIf(
  candidates: readonly Candidate[],
  objectionTo: (candidate: Candidate) => string | false,
): readonly Candidate[] {
  return candidates.filter(candidate => {
    const why = objectionTo(candidate)
    if (why !== false) candidate.discard(why)
    return why === false
  })
}
