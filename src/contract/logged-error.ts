import { HulumanageError } from './errors.ts'

/** An error as the log shows it. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly code?: unknown
  readonly provider?: unknown
  /** The status that a provider sent. */
  readonly status?: unknown
  readonly cause?: LoggedError | undefined
  readonly errors?: readonly LoggedError[] | undefined
}

/** Causes of causes that are shown. */
const maxDepth = 5
/** Errors of one failure, such as those of every provider, that are shown. */
const maxErrors = 20

/**
 * The serializer of errors for a log. It shows everything but the words of providers and of what models wrote, which may
 * repeat a prompt or an answer.
 */
export function loggedError(thrown: unknown): LoggedError {
  try {
    return show(thrown, 0)
  } catch {
    // A plugin may throw a proxy, or an error with a getter that throws.
    return { type: typeof thrown, message: 'an error that cannot be read', stack: '' }
  }
}

/** The message of an error, as far as a log may show it: only the code and the status if the words are a provider's. */
export function loggedReason(error: Error): string {
  if (isOfJson(error)) return 'not valid JSON'
  if (!hasWordsOfProvider(error, 0)) return error.message
  const { code, status, upstreamStatus = status, upstream } = error as Partial<Told>
  const said = [upstream?.type, upstream?.code].filter(isIdentifier)
  if (code === undefined) return 'caused by a failure of a provider'
  return [`${code} (status ${upstreamStatus})`, ...new Set(said)].join(' ')
}

interface Told extends HulumanageError {
  readonly upstreamStatus: number
}

function show(thrown: unknown, depth: number): LoggedError {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, message: 'something other than an error was thrown', stack: '' }
  const message = loggedReason(thrown)
  const { code, provider, upstreamStatus: status } = thrown as Error & Readonly<Record<string, unknown>>
  const errors = thrown instanceof AggregateError ? (thrown.errors as readonly unknown[]) : undefined
  return {
    type: thrown.name,
    message,
    stack: [`${thrown.name}: ${message}`, ...framesOf(thrown)].join('\n'),
    ...(code !== undefined && { code }),
    ...(provider !== undefined && { provider }),
    ...(status !== undefined && { status }),
    ...(depth < maxDepth && {
      ...(thrown.cause !== undefined && { cause: show(thrown.cause, depth + 1) }),
      ...(errors && { errors: errors.slice(0, maxErrors).map(inner => show(inner, depth + 1)) }),
    }),
  }
}

function framesOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter(line => /^ {4}at /.test(line))
}

/** Whether an error quotes a provider: its message, or that of an error that became a part of it. */
function hasWordsOfProvider(thrown: unknown, depth: number): boolean {
  if (!(thrown instanceof Error) || depth > maxDepth) return false
  if (thrown instanceof HulumanageError && thrown.upstream !== undefined) return true
  const inner = thrown instanceof AggregateError ? (thrown.errors as readonly unknown[]) : []
  return [thrown.cause, ...inner].some(error => hasWordsOfProvider(error, depth + 1))
}

/** Whether an error quotes a text that could not be parsed. */
function isOfJson(error: Error): boolean {
  return error instanceof SyntaxError && error.message.includes('JSON')
}

function isIdentifier(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[\w.-]{1,64}$/.test(text)
}
