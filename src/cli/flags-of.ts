import { stepFlags } from '../config/step-flags.ts'
import type { FlagValues } from '../config/overrides.ts'
import type { Step } from '../contract/index.ts'
import { readArguments } from './program.ts'

/** The second reading of a command line: with the steps known, every flag must be one, and those of steps count. */
export function flagsOf(argv: readonly string[]): (steps: readonly Step[]) => FlagValues {
  return steps => readArguments(argv, stepFlags(steps)).values
}
