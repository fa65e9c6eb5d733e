import type { ServedModels } from '../../config/sections/model-patterns.ts'
import { priceOf } from '../../config/sections/price.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import type { Usage } from '../../contract/index.ts'
import { isPrivateHost } from '../../http/private-host.ts'
import { ListPrices } from './list-prices.ts'
import { costOfUsage } from './usage-cost.ts'

/** The prices of one provider's models. */
export class ProviderPrices {
  readonly #config: ProviderConfig
  readonly #models: ServedModels
  readonly #hasOwn: boolean
  /** Whether the only known price is the one that the service itself states, as with most self-hosted servers. */
  readonly areUnknown: boolean
  /** Undefined if the service is on this machine or in a private network, and in no list. */
  readonly #address: string | undefined
  #listPrices: ListPrices | undefined

  /** `address`: the base URL of the service, if it has one. */
  constructor(config: ProviderConfig, models: ServedModels, address: string | undefined) {
    this.#config = config
    this.#models = models
    this.#address = address === undefined || isPrivateHost(new URL(address).hostname) ? undefined : address
    this.#hasOwn = config.price !== undefined || Object.keys(config.model_prices).length > 0
    this.areUnknown = !this.#hasOwn && this.#address === undefined
  }

  /**
   * The cost of a call for a requested model, in USD: by the configured price, else as the service itself states it in
   * its usage, else by the list price, if `listed` is set. Null if it is unknown.
   */
  costOf(requested: string, usage: Usage, listed: boolean): number | null {
    const price = this.#hasOwn ? priceOf(this.#config, this.#models.nameOf(requested)) : undefined
    if (price) return costOfUsage(price, usage)
    const stated = statedCost(usage)
    if (stated !== undefined) return stated
    if (!listed || this.#address === undefined) return null
    this.#listPrices ??= new ListPrices(this.#address)
    const rates = this.#listPrices.ratesOf(this.#models.nameOf(requested))
    return rates ? costOfUsage(rates, usage) : null
  }
}

/** The most that a service is believed to charge for one call, in USD. */
const maxStated = 100_000

/** `usage.cost`, as OpenRouter states it: the USD that the call has cost. */
function statedCost(usage: Usage): number | undefined {
  const { cost } = usage as { readonly cost?: unknown }
  return typeof cost === 'number' && cost >= 0 && cost <= maxStated ? cost : undefined
}
