import { z } from 'zod'
import type { Step } from '../../contract/index.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import { checkProviders } from './check-providers.ts'
import type { KnownKinds } from './check-providers.ts'
import { checkTree } from './check-tree.ts'
import { deepFreeze } from '../../contract/freeze.ts'
import type { LoadedConfig } from './load.ts'
import { override } from '../flags/overrides.ts'
import type { FlagValues } from '../flags/overrides.ts'
import { ConfigError } from '../problems.ts'
import type { Problem } from '../problems.ts'
import { stepFlags } from '../flags/step-flags.ts'

/** What else plugins have brought; what is absent is not checked. */
export interface KnownParts {
  readonly kinds?: KnownKinds
  readonly strategies?: readonly string[]
  /** The command line read with the flags of the steps, in place of the one `loadConfig` was given. */
  readonly flags?: FlagValues
}

/**
 * The second pass, with the plugins loaded: all that names a step, a kind of service or a strategy must name one there
 * is, and params must fit their step. Gives the configuration with the steps' own flags and variables taken in.
 */
export function checkSteps(
  loaded: LoadedConfig,
  steps: readonly Step[],
  known: KnownParts = {},
): LoadedConfig {
  const { draft, config } = loaded
  const { origins, environment } = draft
  const tree = { steps: structuredClone(config.steps) }
  const flags = stepFlags(steps)
  override(tree, origins, flags, known.flags ?? draft.flags, environment)

  const byName = new Map(steps.map(step => [step.name, step]))
  const problems = checkProviders(draft.tree['providers'], origins, known.kinds, true)
  const { strategy } = config.routing
  if (known.strategies && !known.strategies.includes(strategy)) {
    const hint = didYouMean(strategy, known.strategies)
    problems.push(
      origins.problem(['routing', 'strategy'], `there is no strategy ${JSON.stringify(strategy)}`, hint),
    )
  }
  for (const name of Object.keys(config.chains)) {
    if (byName.has(name))
      problems.push(origins.problem(['chains', name], 'this is the name of a step; take another'))
  }
  for (const [name, section] of Object.entries(tree.steps)) {
    const step = byName.get(name)
    if (step) problems.push(...checkSection(step, section, loaded))
    else
      problems.push(
        origins.problem(['steps', name], 'no such step is loaded', didYouMean(name, [...byName.keys()])),
      )
  }
  if (problems.length > 0) throw new ConfigError(problems)

  const sources = { ...loaded.sources }
  for (const { path = [] } of flags) {
    const origin = origins.at(path)
    if (origin && origin.source !== 'file') sources[path.join('.')] = origin.source
  }
  return { ...loaded, config: deepFreeze({ ...config, steps: tree.steps }), sources }
}

/** Checks the params of one step, and gives text from outside the file its type. */
function checkSection(step: Step, section: unknown, { draft }: LoadedConfig): readonly Problem[] {
  const schema = step.params?.strict() ?? z.strictObject({})
  return checkTree(schema, section, draft.origins, ['steps', step.name]).problems
}
