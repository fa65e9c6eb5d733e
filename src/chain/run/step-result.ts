import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { Answer, Reply, Step } from '../../contract/index.ts'

/** Whether a value is a reply: checked by its shape, since steps may bring their own classes. */
export function isReply(value: unknown): value is Reply {
  if (typeof value !== 'object' || value === null) return false
  const reply = value as Partial<Reply>
  return (
    typeof reply.completion === 'function' &&
    typeof reply[Symbol.asyncIterator] === 'function' &&
    typeof reply.done?.then === 'function' &&
    typeof reply.head === 'object'
  )
}

/** Whether a value is an answer that a step may return. */
export function isAnswer(value: unknown): value is Answer {
  if (typeof value === 'string') return true
  if (Array.isArray(value)) return value.length > 0 && value.every(text => typeof text === 'string')
  return isReply(value)
}

/** The error for a step that returned anything else. */
export function badResult(step: Step, value: unknown, expected: string): HulumanageError {
  return new HulumanageError(
    'step_result',
    `The step "${step.name}" returned ${kindOf(value)}; it must return ${expected}`,
  )
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array of something else'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/**
 * A value thrown by a step as a coded error: ours unchanged, an abort as its reason, all else as `step_failed`. The words of a
 * foreign error are for the log, where its cause is: they may quote a prompt, or tell clients of the code.
 */
export function stepError(step: Step, thrown: unknown, signal?: AbortSignal): HulumanageError {
  if (thrown instanceof HulumanageError) return thrown
  if (signal?.aborted) return toHulumanageError(signal.reason, 'client_closed')
  const message = `The step "${step.name}" failed; the log of the server has its error`
  return new HulumanageError('step_failed', message, { cause: thrown })
}

/** Whether an error or one of its causes means that a budget or the time for the request is used up. */
export function isBudgetError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof HulumanageError && spent.has(cause.code)) return true
    if (cause instanceof AggregateError && cause.errors.some(isBudgetError)) return true
  }
  return false
}

const spent: ReadonlySet<string> = new Set([
  'budget_calls',
  'budget_tokens',
  'budget_usd',
  'budget_time',
  'budget_client',
  'deadline_exceeded',
])
