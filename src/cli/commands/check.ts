import { HulumanageError } from '../../contract/index.ts'
import { ConfigError, effectLabels, renderNote, renderProblem } from '../../config/problems.ts'
import { exitCodes } from '../exit.ts'
import type { Invocation } from '../program.ts'
import { renderFacts } from '../output/summary.ts'
import { validate } from '../checks/validate.ts'

/** Validates a configuration as `serve` would, including steps and chains, and prints a summary. */
export async function check({ arguments: [file], values }: Invocation): Promise<void> {
  const { json = false, ...flags } = values
  try {
    const { facts, failed, notes, warnings } = await validate(
      file === undefined ? flags : { ...flags, config: file },
    )
    if (json === true)
      return printJson({ ok: true, problems: [], notes: notes.map(renderNote), warnings, failed })
    const lost = [
      ...warnings.map(text => ['warning', text] as const),
      ...notes.map(note => [effectLabels[note.effect], renderProblem(note)] as const),
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

function printJson(verdict: object): void {
  process.stdout.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
}
