import { pino } from 'pino'
import { ConfigError } from '../../config/problems.ts'
import { stepFlags } from '../../config/flags/step-flags.ts'
import type { Step } from '../../contract/index.ts'
import { readArguments } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'

/** Prints the help, with the flags of the steps that are loaded. Throws commander's error, which ends with 0. */
export async function showHelp(argv: readonly string[]): Promise<void> {
  readArguments(argv, stepFlags(await loadedSteps()))
}

/** Those of the package where the configuration is broken: help must come in any case. */
async function loadedSteps(): Promise<readonly Step[]> {
  const log = pino({ level: 'silent' })
  try {
    return await withSteps({ loaded: readConfig({}), log }, async app => app.steps.values())
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}
