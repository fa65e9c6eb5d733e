import { HulumanageError } from '../../../src/plugin.ts'
import type { Context } from '../../../src/plugin.ts'

/**
 * Runs `work`; returns undefined if it fails, so that a method can continue without it. `what` names it in the log, such as
 * `a grade`. Errors that end the whole request are thrown.
 */
export async function tolerateFailure<T>(
  ctx: Context,
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (ctx.signal.aborted || endsRequest(error)) throw error
    ctx.log.warn({ err: error }, `${what} failed; continuing without it`)
    return undefined
  }
}

/**
 * Runs tasks concurrently and returns the results of those that succeed, in the order of the tasks. If all fail, the first
 * error is thrown.
 */
export async function collectSuccesses<T>(
  ctx: Context,
  what: string,
  tasks: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const failures: unknown[] = []
  const attempt = async (task: () => Promise<T>): Promise<[T]> => {
    try {
      return [await task()]
    } catch (error) {
      failures.push(error)
      throw error
    }
  }
  const results = await Promise.all(tasks.map(task => tolerateFailure(ctx, what, () => attempt(task))))
  const values = results.flatMap(result => result ?? [])
  if (values.length === 0 && failures.length > 0) throw failures[0]
  return values
}

/**
 * Runs concurrently the calls by which a method decides between answers; the result of one that fails is undefined, and so
 * is that of a reply that cannot be read. Throws the refusal if all are refused: an answer that nothing has decided would pass
 * for one that was. If no reply can be read, the answer is reported as degraded. `decided` says that other calls have decided
 * already.
 */
export async function decideBy<T extends object | string | number | boolean>(
  ctx: Context,
  what: string,
  tasks: readonly (() => Promise<T | undefined>)[],
  decided = false,
): Promise<(T | undefined)[]> {
  const refusals: unknown[] = []
  const readings: (T | undefined)[] = []
  const attempt = async (task: () => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      const result = await task()
      readings.push(result)
      return result
    } catch (error) {
      if (error instanceof HulumanageError && error.code === 'upstream_rejected') refusals.push(error)
      throw error
    }
  }
  const results = await Promise.all(tasks.map(task => tolerateFailure(ctx, what, () => attempt(task))))
  if (!decided && refusals.length > 0 && refusals.length === tasks.length) throw refusals[0]
  if (!decided) reportUnread(ctx, readings)
  return results
}

/** Reports the answer as degraded if replies by which a method decides came, and none could be read. */
export function reportUnread(ctx: Context, readings: readonly unknown[]): void {
  if (readings.length > 0 && readings.every(reading => reading === undefined)) ctx.degrade('verdict')
}

/** Whether a budget, a deadline or the client ended the request: the server then answers with the best offer so far. */
function endsRequest(error: unknown): boolean {
  if (!(error instanceof HulumanageError)) return false
  return (
    error.code.startsWith('budget_') || error.code === 'deadline_exceeded' || error.code === 'client_closed'
  )
}
