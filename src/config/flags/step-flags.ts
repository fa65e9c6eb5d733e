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
    for (const { spellings, flag, spelled } of settableOf(step)) {
      const free = spellings.filter(spelling => !taken.has(spelling))
      if (free.length === 0) continue
      for (const spelling of free) taken.add(spelling)
      flags.push(free.length === spellings.length ? flag : spelled(free))
    }
  }
  return flags
}

/** A param that a single line of text can set. */
interface Settable {
  readonly spellings: readonly string[]
  /** The flag with all spellings. */
  readonly flag: Flag
  /** The flag with those of its spellings that no other has. */
  readonly spelled: (free: readonly string[]) => Flag
}

/** Steps never change, and a start and each reload ask for the flags of the same ones. */
const settable = new WeakMap<Step, readonly Settable[]>()

function settableOf(step: Step): readonly Settable[] {
  const present = settable.get(step)
  if (present) return present
  const made = Object.entries<z.ZodType>(step.params?.shape ?? {})
    .filter(([, schema]) => !takesMapping(schema))
    .map(([param, schema]) => {
      const spellings = spellingsOf(step, param)
      const spelled = (free: readonly string[]): Flag => {
        const [name = '', ...aliases] = free
        const environment = [...environmentNames(free), ...optillmNames(free)]
        const path = ['steps', step.name, param]
        return describeFlag(() => jsonSchemaOf(schema), { name, aliases, environment, path })
      }
      return { spellings, spelled, flag: spelled(spellings) }
    })
  settable.set(step, made)
  return made
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
