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
import type { Config } from '../schema.ts'
import { stepFlags } from '../flags/step-flags.ts'

/** Other parts registered by plugins; absent ones are not checked. */
export interface KnownParts {
  readonly kinds?: KnownKinds
  readonly strategies?: readonly string[]
  /** The command line as read with the flags of the steps, instead of the one passed to `loadConfig`. */
  readonly flags?: FlagValues
}

/**
 * The second pass, once the plugins are loaded: every step, kind of service and strategy that is named must exist, and
 * params must fit their step. Returns the configuration with the steps' own flags and variables applied.
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
  const problems = [
    ...checkProviders(draft.tree['providers'], origins, known.kinds, true),
    ...checkStrategy(loaded, known.strategies),
    ...checkChainNames(loaded, byName),
    ...checkSections(tree.steps, loaded, byName),
  ]
  if (problems.length > 0) throw new ConfigError(problems)

  const sources = { ...loaded.sources }
  for (const { path = [] } of flags) {
    const origin = origins.at(path)
    if (origin && origin.source !== 'file') sources[path.join('.')] = origin.source
  }
  return { ...loaded, config: deepFreeze({ ...config, steps: tree.steps }), sources }
}

function checkStrategy({ config, draft }: LoadedConfig, known: readonly string[] | undefined): Problem[] {
  const { strategy } = config.routing
  if (!known || known.includes(strategy)) return []
  const message = `there is no strategy ${JSON.stringify(strategy)}`
  // Few enough to list: people choose one by its name, and the nearest spelling may not be the one they want.
  const hints = [didYouMean(strategy, known) ?? [], `known are ${known.join(', ')}`].flat()
  return [draft.origins.problem(['routing', 'strategy'], message, hints.join('; '))]
}

function checkChainNames({ config, draft }: LoadedConfig, steps: ReadonlyMap<string, Step>): Problem[] {
  const taken = Object.keys(config.chains).filter(name => steps.has(name))
  return taken.map(name =>
    draft.origins.problem(['chains', name], 'this is the name of a step; choose another'),
  )
}

function checkSections(
  sections: Config['steps'],
  loaded: LoadedConfig,
  steps: ReadonlyMap<string, Step>,
): Problem[] {
  const { origins } = loaded.draft
  return Object.entries(sections).flatMap(([name, section]) => {
    const step = steps.get(name)
    if (step) return checkSection(step, section, loaded)
    return [origins.problem(['steps', name], 'no such step is loaded', didYouMean(name, [...steps.keys()]))]
  })
}

/** Checks the params of one step, and converts text from outside the file to its type. */
function checkSection(step: Step, section: unknown, { draft }: LoadedConfig): readonly Problem[] {
  const schema = step.params?.strict() ?? z.strictObject({})
  return checkTree(schema, section, draft.origins, ['steps', step.name]).problems
}
