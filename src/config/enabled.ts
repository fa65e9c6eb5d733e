import type { Config } from './schema.ts'

const known = new WeakMap<Config, Config['providers']>()

/** The enabled providers, computed once per configuration. */
export function enabledProviders(config: Config): Config['providers'] {
  const present = known.get(config)
  if (present) return present
  const enabled = config.providers.filter(provider => provider.enabled)
  known.set(config, enabled)
  return enabled
}
