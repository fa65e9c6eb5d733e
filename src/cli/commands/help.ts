import { pino } from 'pino'
import { ConfigError } from '../../config/problems.ts'
import { stepFlags } from '../../config/flags/step-flags.ts'
import type { Step } from '../../contract/index.ts'
import { readArguments } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'

/** Prints the help, including the flags of the loaded steps. Throws commander's error, for which the exit code is 0. */
export async function showHelp(argv: readonly string[]): Promise<void> {
  readArguments(argv, stepFlags(await loadedSteps()))
}

/** The loaded steps; none if the configuration is invalid, because help must always work. */
async function loadedSteps(): Promise<readonly Step[]> {
  const log = pino({ level: 'silent' })
  try {
    return await withSteps({ loaded: readConfig({}), log }, async app => app.steps.values())
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}
