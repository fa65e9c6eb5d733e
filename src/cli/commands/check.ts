import { pino } from 'pino'
import { HulumanageError } from '../../contract/index.ts'
import { FirstPassError, firstPerPath } from '../../config/load/load.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import { ConfigError, renderProblem } from '../../config/problems.ts'
import type { Problem } from '../../config/problems.ts'
import { checkUpstream } from '../check-upstream.ts'
import { gather, problemsOf } from '../gather.ts'
import { exitCodes } from '../exit.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { renderFacts, summarize } from '../output/summary.ts'
import type { Facts } from '../output/summary.ts'
import { warningsOn } from '../warnings.ts'
import { withSteps } from '../with-steps.ts'

/** Validates a configuration as `serve` would, including steps and chains, and prints a summary. */
export async function check({ arguments: [file], values }: Invocation): Promise<void> {
  const { json = false, ...flags } = values
  try {
    const { facts, failed, notes, warnings } = await validate(
      file === undefined ? flags : { ...flags, config: file },
    )
    if (json === true) return printJson({ ok: true, problems: [], notes, warnings, failed })
    const lost = [
      ...warnings.map(text => ['warning', text] as const),
      ...notes.map(text => ['not carried over', text] as const),
      ...failed.map(text => ['not loaded', text] as const),
    ]
    process.stdout.write(`The configuration is valid.\n\n${renderFacts([...facts, ...lost])}`)
  } catch (error) {
    if (json !== true || !(error instanceof HulumanageError && error.code === 'config_invalid')) throw error
    const problems = error instanceof ConfigError ? error.problems : [{ path: '', message: error.message }]
    printJson({ ok: false, problems, notes: [], warnings: [], failed: [] })
    process.exitCode = exitCodes.config
  }
}

/** The result of a successful check. */
interface Verdict {
  readonly facts: Facts
  /** Settings of a foreign format that could not be carried over. */
  readonly notes: readonly string[]
  /** Settings that have another effect than they seem to, or none. */
  readonly warnings: readonly string[]
  /** The errors of plugin files that do not load. */
  readonly failed: readonly string[]
}

async function validate(flags: Invocation['values']): Promise<Verdict> {
  const found: Problem[] = []
  const loaded = readAll(flags, found)
  if (!loaded) throw new ConfigError(found)
  // A configuration that has lost its providers to their problems is not an empty one.
  if (found.length === 0) gather(found, () => checkUpstream(loaded))
  const log = pino({ level: 'silent' })
  const verdict = withSteps({ loaded, log }, async (app, { report }) => ({
    facts: summarize({ ...loaded, config: app.currentConfig.value }),
    notes: loaded.notes.map(renderProblem),
    warnings: warningsOn(loaded, app.steps.values()).map(renderProblem),
    failed: report.failed.map(({ error }) => error.message),
  }))
  try {
    const result = await verdict
    if (found.length === 0) return result
  } catch (error) {
    found.push(...problemsOf(error))
  }
  throw new ConfigError(firstPerPath(found))
}

/** The configuration, or what is left of it without its problems, which are added to those found. */
function readAll(flags: Invocation['values'], found: Problem[]): LoadedConfig | undefined {
  try {
    return readConfig(flags)
  } catch (error) {
    found.push(...problemsOf(error))
    return error instanceof FirstPassError ? error.rest() : undefined
  }
}

function printJson(verdict: object): void {
  process.stdout.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
}
