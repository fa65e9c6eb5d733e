import { unixSeconds } from '../../time/unix-seconds.ts'
import { newCompletionId } from '../completion.ts'
import { fieldsOf, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'

/** The request that an answer belongs to, as far as the answer must fit it. */
export interface Expected {
  readonly model: string
  /** Number of choices that were asked for. */
  readonly choices: number
  /** Whether a function must be called, after which OpenAI ends with `stop`. */
  readonly forced?: boolean
}

/** Maximum number of choices of an answer, whose branches may each have several. */
export const maxChoices = 4096

/** The expectations of a request about its answer. */
export function expectedBy(request: {
  readonly model: string
  readonly n?: number | null
  readonly tool_choice?: unknown
}): Expected {
  const forced = typeof request.tool_choice === 'object' && request.tool_choice !== null
  return { model: request.model, choices: Math.max(1, request.n ?? 1), forced }
}

/**
 * The finish reason of a choice. Many servers end with `stop` after tool calls; agents then take the answer for the last one
 * and never make them. Others end with `tool_calls` without any; agents then ask again, without end.
 */
export function finishAfter<T extends string | null | undefined>(
  finish: T,
  hasCalls: boolean,
  { forced = false }: Expected,
): T | 'tool_calls' | 'stop' {
  if (finish === 'tool_calls' && !hasCalls) return 'stop'
  return finish === 'stop' && hasCalls && !forced ? 'tool_calls' : finish
}

/** The fields that name an answer. */
export interface Head {
  readonly id: string
  readonly created: number
  readonly model: string
}

/**
 * The fields that name an answer. One that the service omits, or sends with another type, is taken from the previous
 * chunk, or made up.
 */
export function readHead(sent: Fields, { model }: Expected, before?: Head): Head {
  return {
    id: wordsOf(sent['id']) ?? before?.id ?? newCompletionId(),
    model: wordsOf(sent['model']) ?? before?.model ?? model,
    created: readSeconds(sent['created']) ?? before?.created ?? unixSeconds(),
  }
}

/** Other words of services for the tier that OpenAI calls the default. SDKs in Python and Rust refuse words that they do not know. */
const defaultTiers: ReadonlySet<unknown> = new Set(['standard', 'on_demand'])

/** The service tier in OpenAI's words; the same value if it has none for it. */
export function readTier(value: unknown): unknown {
  return defaultTiers.has(value) ? 'default' : value
}

/** The first time that is no longer one in seconds: the year 5138, or March 1973 in milliseconds. */
export const endOfSeconds = 1e11

/** A Unix time in whole seconds, though the service may count in milliseconds or less; undefined for anything else. */
export function readSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= 1 && value < 1e20)) return undefined
  let seconds = value
  while (seconds >= endOfSeconds) seconds /= 1000
  return Math.floor(seconds)
}

/** The fields of an answer, which some gateways put into a field of their own envelope, beside a code. */
export function answerIn(value: unknown): Fields | undefined {
  const sent = fieldsOf(value)
  if (!sent || sent['choices'] !== undefined) return sent
  const inner = fieldsOf(sent['data']) ?? fieldsOf(sent['result'])
  return Array.isArray(inner?.['choices']) ? inner : sent
}
