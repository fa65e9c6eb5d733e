import { stepFlags } from '../config/flags/step-flags.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import type { Step } from '../contract/index.ts'
import { readArguments } from './program.ts'
import type { Invocation } from './program.ts'

/**
 * The second reading of a command line: with the steps known, every flag must be one, and those of steps count. Where
 * the first one has left no word over, it stands.
 */
export function flagsOf(
  argv: readonly string[],
  { arguments: left, values }: Invocation,
): (steps: readonly Step[]) => FlagValues {
  if (left.length === 0) return () => values
  return steps => readArguments(argv, stepFlags(steps)).values
}
