import { Planner } from '../../chain/plan/planner.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import { ConfigError } from '../../config/problems.ts'
import type { Path, Problem } from '../../config/problems.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { StepRegistry } from '../../registry/host.ts'

/**
 * Throws if a chain of the configuration does not parse, names an unknown step or contains itself: at start, not at a
 * request.
 */
export function checkChains({ config, draft }: LoadedConfig, steps: StepRegistry): void {
  const problems: Problem[] = []
  const check = (path: Path, planner: Planner, approach: string | undefined): void => {
    try {
      planner.plan({ model: 'any', approach, wrap: undefined, tag: undefined })
    } catch (error) {
      if (!(error instanceof HulumanageError)) throw error
      problems.push(draft.origins.problem(path, error.message))
    }
  }
  const named = new Planner(steps, { ...config, approach: 'auto' })
  for (const name of Object.keys(config.chains)) check(['chains', name], named, name)
  for (const [index, { chains = [] }] of config.clients.entries())
    for (const [at, text] of chains.entries()) check(['clients', index, 'chains', at], named, text)
  if (problems.length === 0) check(['approach'], new Planner(steps, config), undefined)
  if (problems.length > 0) throw new ConfigError(problems)
}
