import type { Config } from './schema.ts'

/** Whether a configuration names anything to ask. */
export function hasUpstream({ base_url, providers }: Config): boolean {
  return base_url !== undefined || providers.length > 0
}

const known = new WeakMap<Config, Config['providers']>()

/** The enabled providers, computed once per configuration. */
export function enabledProviders(config: Config): Config['providers'] {
  const present = known.get(config)
  if (present) return present
  const enabled = config.providers.filter(provider => provider.enabled)
  known.set(config, enabled)
  return enabled
}
