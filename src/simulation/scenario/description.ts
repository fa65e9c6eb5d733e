import type { DescribedProviderConfig, Scenario } from './schema.ts'

/** The description in the scenario that a provider has; undefined if it has none. */
export function descriptionOf(
  { providers }: Pick<Scenario, 'providers'>,
  name: string,
): DescribedProviderConfig | undefined {
  return Object.hasOwn(providers, name) ? providers[name] : providers['*']
}
