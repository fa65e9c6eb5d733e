import type { ServedModels } from '../../config/sections/model-patterns.ts'
import { priceOf } from '../../config/sections/price.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import type { Usage } from '../../contract/index.ts'
import { costOfUsage } from './usage-cost.ts'

/** The prices of one provider's models. */
export class ProviderPrices {
  readonly #config: ProviderConfig
  readonly #models: ServedModels
  readonly #hasOwn: boolean

  constructor(config: ProviderConfig, models: ServedModels) {
    this.#config = config
    this.#models = models
    this.#hasOwn = config.price !== undefined || Object.keys(config.model_prices).length > 0
  }

  /**
   * The cost of a call for a requested model, in USD: by the configured price, else as the service itself states it in
   * its usage. Null if it is unknown.
   */
  costOf(requested: string, usage: Usage): number | null {
    const price = this.#hasOwn ? priceOf(this.#config, this.#models.nameOf(requested)) : undefined
    return price ? costOfUsage(price, usage) : (statedCost(usage) ?? null)
  }
}

/** The most that a service is believed to charge for one call, in USD. */
const maxStated = 100_000

/** `usage.cost`, as OpenRouter states it: the USD that the call has cost. */
function statedCost(usage: Usage): number | undefined {
  const { cost } = usage as { readonly cost?: unknown }
  return typeof cost === 'number' && cost >= 0 && cost <= maxStated ? cost : undefined
}
