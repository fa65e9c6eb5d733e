import type { z } from 'zod'
import type { Step } from '../../contract/index.ts'
import { jsonSchemaOf, takesMapping } from '../expectation.ts'
import { describeFlag, environmentNames, serverFlags } from './flags.ts'
import type { Flag } from './flags.ts'

/**
 * A flag `--<step>-<param>` for each param of each step that a single line of text can set. A step's aliases are
 * alternative spellings (`--best-of-n`). A contested spelling belongs to the server, else to the first step by name.
 */
export function stepFlags(steps: readonly Step[]): Flag[] {
  const taken = new Set(serverFlags.flatMap(flag => [flag.name, ...flag.aliases]))
  const flags: Flag[] = []
  for (const step of steps.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    if (!step.params) continue
    for (const [param, schema] of Object.entries<z.ZodType>(step.params.shape)) {
      if (takesMapping(schema)) continue
      const spellings = spellingsOf(step, param).filter(spelling => !taken.has(spelling))
      const [name, ...aliases] = spellings
      if (name === undefined) continue
      for (const spelling of spellings) taken.add(spelling)
      const environment = [...environmentNames(spellings), ...optillmNames(spellings)]
      flags.push(
        describeFlag(() => jsonSchemaOf(schema), {
          name,
          aliases,
          environment,
          path: ['steps', step.name, param],
        }),
      )
    }
  }
  return flags
}

/** The variables of OptiLLM whose names are not those of its flags. */
function optillmNames(spellings: readonly string[]): readonly string[] {
  return spellings.flatMap(spelling => optillmVariables.get(spelling) ?? [])
}

const optillmVariables: ReadonlyMap<string, string> = new Map([
  ['mcts-simulations', 'OPTILLM_SIMULATIONS'],
  ['mcts-depth', 'OPTILLM_DEPTH'],
  ['mcts-exploration', 'OPTILLM_EXPLORATION'],
])

function spellingsOf(step: Step, param: string): string[] {
  const aliases = Object.entries(step.aliases ?? {})
    .filter(([, target]) => target === param)
    .map(([alias]) => alias)
  const spellings = [`${step.name}-${param}`, ...aliases].map(spelling => spelling.replaceAll('_', '-'))
  return [...new Set(spellings)]
}
