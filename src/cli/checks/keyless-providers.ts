import { services } from '../../config/formats/litellm/services.ts'
import { credentialsAt } from '../../config/load/dotenv/credentials.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import type { Problem } from '../../config/problems.ts'
import type { ProviderConfig } from '../../config/schema.ts'

/** The first variable with the key of each service that refuses calls without one, by its host. */
const keys: ReadonlyMap<string, string> = new Map(
  Object.values(services).flatMap(({ address, key }) => {
    const host = hostOf(address)
    const variable = [key ?? []].flat()[0]
    return host === undefined || variable === undefined ? [] : [[host, variable] as const]
  }),
)

/** A warning for each provider without a key at a service that refuses all calls without one. */
export function keylessProviders({ config, draft }: LoadedConfig): Problem[] {
  return config.providers.flatMap((provider, index) => {
    const path = ['providers', index]
    const host = hostOf(provider.base_url ?? addressOfKind(provider.type))
    const variable = host === undefined ? undefined : keys.get(host)
    if (variable === undefined || !provider.enabled || hasKey(provider)) return []
    // SERVICE_ENDPOINTS has a note of its own, which names its variables.
    if (draft.origins.at([...path, 'base_url'])?.source === 'environment') return []
    const message = `has no key, and ${host} refuses calls without one`
    return [draft.origins.problem(path, message, `set api_key: \${${variable}}`)]
  })
}

function hasKey(provider: ProviderConfig): boolean {
  const { api_key: key, api_keys: several = [], forward_client_key: forwards, base_url: address } = provider
  if (key || several.length > 0 || forwards) return true
  return (
    credentialsAt('headers', provider.headers).length > 0 || credentialsAt('base_url', address).length > 0
  )
}

/** The address of a kind of provider with a service of its own. */
function addressOfKind(type: string | undefined): string | undefined {
  return Object.values(services).find(service => service.type === type && type !== 'openai')?.address
}

function hostOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : URL.parse(address)?.hostname
}
