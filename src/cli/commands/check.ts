import { statSync } from 'node:fs'
import { HulumanageError } from '../../contract/index.ts'
import { stepFlags } from '../../config/flags/step-flags.ts'
import { ConfigError, effectLabels, renderNote, renderProblem } from '../../config/problems.ts'
import { exitCodes } from '../exit.ts'
import { readArguments } from '../program.ts'
import type { Invocation } from '../program.ts'
import { renderFacts } from '../output/summary.ts'
import { validate } from '../checks/validate.ts'
import type { Verdict } from '../checks/validate.ts'

/** Validates a configuration as `serve` would, including steps and chains, and prints a summary. */
export async function check(invocation: Invocation, argv: readonly string[]): Promise<void> {
  const { json = false } = invocation.values
  try {
    const { facts, failed, notes, warnings } = await verdictOn(invocation, argv)
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

/**
 * The verdict on the file that the command line names. Once the steps are loaded, it is known whether a word behind their
 * flags is this file or the value of a flag. The flag may be that of a plugin which only this file loads, so a word that names
 * a file is tried first.
 */
async function verdictOn(
  { arguments: words, values }: Invocation,
  argv: readonly string[],
): Promise<Verdict> {
  const { json: _, ...flags } = values
  const named = words[0]?.startsWith('-') ? words.findLast(isFile) : words[0]
  let file = named
  const validateFile = (): Promise<Verdict> =>
    validate(file === undefined ? flags : { ...flags, config: file }, steps => {
      const again = readArguments(argv, stepFlags(steps))
      file = again.arguments[0]
      return again.values
    })
  const verdict = validateFile()
  await Promise.allSettled([verdict])
  return file === named ? await verdict : await validateFile()
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function printJson(verdict: object): void {
  process.stdout.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
}
