import { CommanderError } from 'commander'
import { pino } from 'pino'
import { firstPerPath } from '../../config/load/load.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { ConfigError, grouped, renderProblem } from '../../config/problems.ts'
import type { Note, Problem } from '../../config/problems.ts'
import type { ComposeOptions } from '../compose.ts'
import { emptyError, isEmpty } from './empty-config.ts'
import { checkLedger } from '../ledger/check-ledger.ts'
import { gather, problemsOf } from './gather.ts'
import { summarize } from '../output/summary.ts'
import type { Facts } from '../output/summary.ts'
import { readValidPart } from '../read-config.ts'
import { checkOpenness } from '../../server/access/openness.ts'
import { warningsOn } from './warnings.ts'
import { withSteps } from '../with-steps.ts'
import { checkWorkers } from '../workers/check-workers.ts'

/** The result of a configuration without problems. */
export interface Verdict {
  readonly facts: Facts
  /** Settings of a foreign format that are not carried over as they are, grouped by effect. */
  readonly notes: readonly Note[]
  /** Settings that have another effect than they seem to, or none. */
  readonly warnings: readonly string[]
  /** The errors of plugin files that do not load. */
  readonly failed: readonly string[]
}

type ReadFlags = NonNullable<ComposeOptions['readFlags']>

/** Makes all checks of a start without starting a server. Throws one `ConfigError` with the problems of all. */
export async function validate(flags: FlagValues, readFlags: ReadFlags): Promise<Verdict> {
  const found: Problem[] = []
  const loaded = readValidPart(flags, found)
  if (!loaded) throw new ConfigError(found)
  // A configuration that has lost its providers to their problems is not an empty one.
  if (found.length === 0 && isEmpty(loaded)) found.push(...problemsOf(emptyError(loaded)))
  gather(found, () => checkWorkers(loaded.config))
  gather(found, () => checkLedger(loaded.config))
  gather(found, () => checkOpenness(loaded.config))
  const log = pino({ level: 'silent' })
  const verdict = withSteps({ loaded, log, readFlags }, async (app, { report }) => ({
    facts: summarize({ ...loaded, config: app.currentConfig.value }),
    notes: grouped(loaded.notes),
    warnings: warningsOn(loaded, app.steps.values()).map(renderProblem),
    failed: report.failed.map(({ error }) => error.message),
  }))
  try {
    const result = await verdict
    if (found.length === 0) return result
  } catch (error) {
    // Commander has told the wrong usage already.
    if (!(error instanceof CommanderError)) found.push(...problemsOf(error))
    else if (found.length === 0) throw error
  }
  throw new ConfigError(firstPerPath(found))
}

/**
 * The error of a start that a configuration has ended, with the problems that the later checks of a start would have found.
 * Any other error is returned as it is.
 */
export async function withAllProblems(
  error: unknown,
  flags: FlagValues,
  readFlags: ReadFlags,
): Promise<unknown> {
  if (!(error instanceof ConfigError)) return error
  try {
    await validate(flags, readFlags)
    return error
  } catch (other) {
    if (!(other instanceof ConfigError)) return error
    const texts = new Set(other.problems.map(renderProblem))
    const missing = error.problems.filter(problem => !texts.has(renderProblem(problem)))
    return new ConfigError([...missing, ...other.problems])
  }
}
