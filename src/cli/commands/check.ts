import { pino } from 'pino'
import { HulumanageError } from '../../contract/index.ts'
import { ConfigError, renderProblem } from '../../config/problems.ts'
import { checkUpstream } from '../check-upstream.ts'
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
  const loaded = readConfig(flags)
  checkUpstream(loaded)
  const log = pino({ level: 'silent' })
  return await withSteps({ loaded, log }, async (app, { report }) => ({
    facts: summarize({ ...loaded, config: app.currentConfig.value }),
    notes: loaded.notes.map(renderProblem),
    warnings: warningsOn(loaded, app.steps.values()).map(renderProblem),
    failed: report.failed.map(({ error }) => error.message),
  }))
}

function printJson(verdict: object): void {
  process.stdout.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
}
