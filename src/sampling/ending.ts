import { z } from 'zod'

/** When a draw of several ends before all of them have come. */
export interface Ending<T> {
  /** So many usable ones are enough. */
  readonly quorum?: number | undefined
  /** Seconds that the others still get from then on; none unless set. */
  readonly patience?: number | undefined
  /** Looks at the usable ones so far, in the order of the draw, each time that one has come; true ends the draw. */
  readonly enough?: ((drawn: readonly [T, ...T[]], missing: number) => boolean) | undefined
}

/** The params that `endingOf` takes. */
export const endingParams = {
  quorum: z
    .int()
    .min(0)
    .max(64)
    .default(0)
    .describe('how many usable answers are enough to go on, the others are cancelled; 0 waits for all'),
  patience: z
    .number()
    .min(0)
    .max(600)
    .default(0)
    .describe('seconds that answers still missing get once the quorum is there'),
}

/** The ending that params ask for; undefined where they want every answer. */
export function endingOf({ quorum, patience }: { readonly quorum: number; readonly patience: number }) {
  return quorum > 0 ? { quorum, patience } : undefined
}

type Draw<T> = PromiseSettledResult<readonly T[]>

/** What has come of the draws, in their order, when all have ended or the ending says that it is enough. */
export async function untilEnough<T>(
  draws: readonly Promise<readonly T[]>[],
  isUsable: (item: T) => boolean,
  { quorum = Infinity, patience = 0, enough }: Ending<T>,
): Promise<readonly Draw<T>[]> {
  const results: Draw<T>[] = []
  const ended = Promise.withResolvers<void>()
  let missing = draws.length
  let over = false
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    const [first, ...rest] = results.flatMap(result =>
      result?.status === 'fulfilled' ? result.value.filter(isUsable) : [],
    )
    if (missing === 0) return ended.resolve()
    if (!first) return
    const there = 1 + rest.length >= quorum
    if (enough?.([first, ...rest], missing) || (there && patience === 0)) ended.resolve()
    else if (there) timer ??= setTimeout(ended.resolve, patience * 1000)
  }
  const enter = (index: number, result: Draw<T>): void => {
    missing--
    // What ends after the draw was cancelled.
    if (over) return
    results[index] = result
    try {
      look()
    } catch (error) {
      ended.reject(error)
    }
  }
  draws.forEach((draw, index) => {
    draw.then(
      value => enter(index, { status: 'fulfilled', value }),
      (reason: unknown) => enter(index, { status: 'rejected', reason }),
    )
  })
  try {
    await ended.promise
  } finally {
    over = true
    clearTimeout(timer)
  }
  return results.filter(result => result !== undefined)
}
