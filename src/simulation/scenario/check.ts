import { enabledProviders } from '../../config/enabled.ts'
import type { Problem } from '../../config/problems.ts'
import type { Config } from '../../config/schema.ts'
import type { Origins } from '../../config/origins.ts'
import { simulatedKind } from '../../providers/simulated/simulated.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import { descriptionOf } from './description.ts'
import type { ReadScenario } from './read.ts'

/** The name by which a scenario describes the service at `base_url`, for configurations without providers. */
export const defaultProvider = 'default'

/** The names of the providers that a configuration calls. */
export function calledProviders(config: Config): readonly string[] {
  const names = enabledProviders(config).map(({ name }) => name)
  return names.length > 0 || config.base_url === undefined ? names : [defaultProvider]
}

/** The problems of a scenario that show only beside the configuration. */
export function scenarioProblems(
  { scenario, origins }: Omit<ReadScenario, 'config'>,
  config: Config,
): Problem[] {
  const called = calledProviders(config)
  const unknown = Object.keys(scenario.providers)
    .filter(name => name !== '*' && !called.includes(name))
    .map(name =>
      origins.problem(['providers', name], 'the configuration has no such provider', hintFor(name, called)),
    )
  const missing = called.filter(name => !descriptionOf(scenario, name) && !isSimulated(config, name))
  const requests = config.model === undefined ? withoutModel(scenario.requests, origins) : []
  return [...unknown, ...missing.map(name => undescribed(name, origins)), ...requests]
}

function hintFor(name: string, called: readonly string[]): string | undefined {
  return didYouMean(name, called) ?? (called.length > 0 ? `it has ${called.join(', ')}` : undefined)
}

function undescribed(name: string, origins: Origins): Problem {
  const hint = 'describe it, or all that are not named as "*", or use --from-ledger'
  return origins.problem(['providers', name], 'the provider is not described', hint)
}

function isSimulated(config: Config, name: string): boolean {
  return config.providers.some(provider => provider.name === name && provider.type === simulatedKind.name)
}

function withoutModel(requests: ReadScenario['scenario']['requests'], origins: Origins): Problem[] {
  return requests.flatMap(({ model }, index) =>
    model === undefined
      ? [origins.problem(['requests', index, 'model'], 'is required, since the configuration names no model')]
      : [],
  )
}
