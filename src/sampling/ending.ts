import { z } from 'zod'

/** When to stop drawing before every answer has arrived. */
export interface Ending<T> {
  /** Number of usable answers that are enough. */
  readonly quorum?: number | undefined
  /** Seconds that missing answers get once the quorum is reached (default: 0). */
  readonly patience?: number | undefined
  /**
   * Called after each arrival with the usable answers so far, in the order of the draw, and the number still missing;
   * returns true to stop.
   */
  readonly enough?: ((drawn: readonly [T, ...T[]], missing: number) => boolean) | undefined
}

/** The params that `endingOf` takes. */
export const endingParams = {
  quorum: z
    .int()
    .min(0)
    .max(64)
    .default(0)
    .describe('number of usable answers that are enough: the remaining calls are cancelled; 0 waits for all'),
  patience: z
    .number()
    .min(0)
    .max(600)
    .default(0)
    .describe('seconds to wait for missing answers once the quorum is reached'),
}

/** The ending that the params ask for; undefined if they ask for every answer. */
export function endingOf({ quorum, patience }: { readonly quorum: number; readonly patience: number }) {
  return quorum > 0 ? { quorum, patience } : undefined
}

type Settled<T> = PromiseSettledResult<readonly T[]>

/**
 * Waits until all draws have settled or `ending` says that there are enough; returns the results so far, in the order of
 * the draws. Rejects with what `enough` throws.
 */
export async function untilEnough<T>(
  draws: readonly Promise<readonly T[]>[],
  isUsable: (item: T) => boolean,
  { quorum = Infinity, patience = 0, enough }: Ending<T>,
): Promise<readonly Settled<T>[]> {
  const results: Settled<T>[] = []
  const stopped = Promise.withResolvers<void>()
  let missing = draws.length
  let timer: NodeJS.Timeout | undefined
  const stopIfEnough = (): void => {
    const [first, ...rest] = results.flatMap(result =>
      result?.status === 'fulfilled' ? result.value.filter(isUsable) : [],
    )
    if (missing === 0) return stopped.resolve()
    if (!first) return
    const hasQuorum = 1 + rest.length >= quorum
    if (enough?.([first, ...rest], missing) || (hasQuorum && patience === 0)) stopped.resolve()
    else if (hasQuorum) timer ??= setTimeout(stopped.resolve, patience * 1000)
  }
  let over = false
  const enter = (index: number, result: Settled<T>): void => {
    missing--
    // Draws that settle later have been cancelled.
    if (over) return
    results[index] = result
    try {
      stopIfEnough()
    } catch (error) {
      stopped.reject(error)
    }
  }
  for (const [index, draw] of draws.entries())
    draw.then(
      value => enter(index, { status: 'fulfilled', value }),
      (reason: unknown) => enter(index, { status: 'rejected', reason }),
    )
  try {
    await stopped.promise
  } finally {
    over = true
    clearTimeout(timer)
  }
  return results.filter(result => result !== undefined)
}
