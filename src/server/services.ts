import { enabledProviders } from '../config/enabled.ts'
import type { Config, ProviderConfig } from '../config/schema.ts'
import { providerSchema } from '../config/schema.ts'
import { kindOf } from '../providers/kinds.ts'
import type { Kinds } from '../providers/kinds.ts'

/** The configured providers of one kind of service. Keys are counted, never shown. */
export interface Service {
  readonly keys_count: number
  /** Base URLs, without the parts that may be secret. */
  readonly endpoints: readonly string[]
}

/** The configured services by kind, including the default upstream. */
export function servicesOf(config: Config, kinds: Kinds): Record<string, Service> {
  const found = new Map<string, { readonly keys: Set<string>; readonly endpoints: Set<string> }>()
  for (const provider of endpointsOf(config)) {
    const { name, baseUrl } = kindOf(provider, kinds)
    const service = found.get(name) ?? { keys: new Set(), endpoints: new Set() }
    found.set(name, service)
    for (const key of [provider.api_key, ...(provider.api_keys ?? [])]) if (key) service.keys.add(key)
    const address = provider.base_url ?? baseUrl
    if (address !== undefined) service.endpoints.add(publicAddress(address))
  }
  const services = [...found].map(
    ([name, { keys, endpoints }]) => [name, { keys_count: keys.size, endpoints: [...endpoints] }] as const,
  )
  return Object.fromEntries(services)
}

function endpointsOf(config: Config): readonly ProviderConfig[] {
  const { base_url, api_key } = config
  const providers = enabledProviders(config)
  if (base_url === undefined) return providers
  return [...providers, providerSchema.parse({ name: 'default', base_url, api_key })]
}

function publicAddress(address: string): string {
  const { origin, pathname } = new URL(address)
  return origin + pathname.replace(/\/+$/, '')
}
