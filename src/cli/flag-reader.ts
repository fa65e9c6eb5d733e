import { stepFlags } from '../config/flags/step-flags.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import type { Step } from '../contract/index.ts'
import { readArguments } from './program.ts'
import type { Invocation } from './program.ts'

/**
 * Creates the second reading of a command line: once the steps are known, their flags are read and unknown flags are
 * errors. Not needed if the first reading has understood every word.
 */
export function createFlagReader(
  argv: readonly string[],
  { arguments: left, values }: Invocation,
): (steps: readonly Step[]) => FlagValues {
  if (left.length === 0) return () => values
  return steps => readArguments(argv, stepFlags(steps)).values
}
