import type { LoadedConfig } from '../../config/load/load.ts'
import type { Problem } from '../../config/problems.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import { isPrivateHost } from '../../http/private-host.ts'

/** A warning for each provider that certainly has no price although requests are limited in USD. */
export function unpricedProviders({ config, draft }: LoadedConfig): Problem[] {
  const { providers, costs } = config
  const limit = limitInUsd(config)
  if (limit === undefined) return []
  return providers.flatMap((provider, index) => {
    if (mayHavePrice(provider, costs.list_prices)) return []
    const message = `has no price, so that ${limit} ends a request after its first call there`
    return [
      draft.origins.problem(
        ['providers', index],
        message,
        'set price, { input: 0, output: 0 } if it is free',
      ),
    ]
  })
}

/** The first limit in USD; undefined if no budget is in USD. */
function limitInUsd({
  limits,
  session_budget: session,
  clients,
}: LoadedConfig['config']): string | undefined {
  if (limits.usd !== undefined) return 'limits.usd'
  if (session?.usd !== undefined) return 'session_budget.usd'
  const index = clients.findIndex(({ budget }) => budget?.usd !== undefined)
  return index === -1 ? undefined : `clients[${index}].budget.usd`
}

/** Services with a list price are known by a public address. */
function mayHavePrice(provider: ProviderConfig, listed: boolean): boolean {
  const { enabled, type, price, model_prices: prices, base_url: address } = provider
  if (!enabled || price || Object.keys(prices).length > 0) return true
  if (!listed || type === 'simulated') return false
  return address === undefined || !isPrivateHost(new URL(address).hostname)
}
