import { chainCheck } from '../../chain/plan/chain-check.ts'
import { Planner } from '../../chain/plan/planner.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import { ConfigError } from '../../config/problems.ts'
import type { Path, Problem } from '../../config/problems.ts'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { StepRegistry } from '../../registry/host.ts'

/**
 * Throws if a chain of the configuration does not parse, names an unknown step or contains itself: at start, not at a
 * request.
 */
export function checkChains({ config, draft }: LoadedConfig, steps: StepRegistry): void {
  const problems: Problem[] = []
  const gather = (path: Path, check: () => void): void => {
    try {
      check()
    } catch (error) {
      if (!(error instanceof HulumanageError)) throw error
      problems.push(draft.origins.problem(path, error.message))
    }
  }
  const check = chainCheck(steps, config)
  for (const name of Object.keys(config.chains)) gather(['chains', name], () => check(name))
  for (const [index, { chains = [] }] of config.clients.entries())
    for (const [at, text] of chains.entries()) gather(['clients', index, 'chains', at], () => check(text))
  if (problems.length === 0) gather(['approach'], () => checkDefault(steps, config))
  if (problems.length > 0) throw new ConfigError(problems)
}

/** Throws if the chain for requests that name no other is invalid. */
function checkDefault(steps: StepRegistry, config: Config): void {
  new Planner(steps, config).plan({ model: 'any', approach: undefined, wrap: undefined, tag: undefined })
}
