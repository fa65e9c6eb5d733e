import type { Context } from '../../../src/plugin.ts'
import { optional } from '../asking/optional.ts'

/** What came of works done side by side, in their order. One that fails is left out; where all fail, the first error is thrown. */
export async function survivors<T>(
  ctx: Context,
  what: string,
  works: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const failures: unknown[] = []
  const attempt = async (work: () => Promise<T>): Promise<[T]> => {
    try {
      return [await work()]
    } catch (error) {
      failures.push(error)
      throw error
    }
  }
  const results = await Promise.all(works.map(work => optional(ctx, what, () => attempt(work))))
  const values = results.flatMap(result => result ?? [])
  if (values.length === 0 && failures.length > 0) throw failures[0]
  return values
}
