import { pino } from 'pino'
import { ConfigError, renderProblem } from '../../config/problems.ts'
import { exitCodes } from '../exit.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { renderFacts, summarize } from '../output/summary.ts'
import type { Facts } from '../output/summary.ts'
import { withSteps } from '../with-steps.ts'

/** Validates a configuration as `serve` would, including steps and chains, and prints a summary. */
export async function check({ arguments: [file], values }: Invocation): Promise<void> {
  const { json = false, ...flags } = values
  try {
    const { facts, failed, notes } = await validate(file === undefined ? flags : { ...flags, config: file })
    if (json === true) return printJson({ ok: true, problems: [], notes, failed })
    const lost = [
      ...notes.map(text => ['not carried over', text] as const),
      ...failed.map(text => ['not loaded', text] as const),
    ]
    process.stdout.write(`The configuration is valid.\n\n${renderFacts([...facts, ...lost])}`)
  } catch (error) {
    if (json !== true || !(error instanceof ConfigError)) throw error
    printJson({ ok: false, problems: error.problems, notes: [], failed: [] })
    process.exitCode = exitCodes.config
  }
}

/** The result of a successful check. */
interface Verdict {
  readonly facts: Facts
  /** Settings of a foreign format that could not be carried over. */
  readonly notes: readonly string[]
  /** The errors of plugin files that do not load. */
  readonly failed: readonly string[]
}

async function validate(flags: Invocation['values']): Promise<Verdict> {
  const loaded = readConfig(flags)
  const log = pino({ level: 'silent' })
  return await withSteps({ loaded, log }, async (app, { report }) => ({
    facts: summarize({ ...loaded, config: app.currentConfig.value }),
    notes: loaded.notes.map(renderProblem),
    failed: report.failed.map(({ error }) => error.message),
  }))
}

function printJson(verdict: object): void {
  process.stdout.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
}
