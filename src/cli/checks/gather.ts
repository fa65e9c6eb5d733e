import { HulumanageError } from '../../contract/index.ts'
import { ConfigError, problemWith } from '../../config/problems.ts'
import type { Problem } from '../../config/problems.ts'

/** Makes one check of several. Its problems are added to those found before; undefined if there are any. */
export function gather<T>(found: Problem[], check: () => T): T | undefined {
  try {
    return check()
  } catch (error) {
    found.push(...problemsOf(error))
    return undefined
  }
}

/** The problems of a configuration that an error reports. Throws any other error again. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ConfigError) return error.problems
  if (!(error instanceof HulumanageError) || error.code !== 'config_invalid') throw error
  return [problemWith(undefined, error.message)]
}
