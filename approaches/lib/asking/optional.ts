import { HulumanageError } from '../../../src/plugin.ts'
import type { Context } from '../../../src/plugin.ts'

/** What `work` gives, or undefined where it failed: a method goes on without it. What ends the whole request is thrown. */
export async function optional<T>(
  ctx: Context,
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (ctx.signal.aborted || endsRequest(error)) throw error
    ctx.log.warn({ err: error }, `${what} failed; going on without it`)
    return undefined
  }
}

/** A spent budget or deadline: the server answers it with the best that was offered. */
function endsRequest(error: unknown): boolean {
  if (!(error instanceof HulumanageError)) return false
  return (
    error.code.startsWith('budget_') || error.code === 'deadline_exceeded' || error.code === 'client_closed'
  )
}
