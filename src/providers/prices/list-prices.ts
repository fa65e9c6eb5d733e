import { createRequire } from 'node:module'
import type { calcPrice } from '@pydantic/genai-prices'
import type { Rate, Rates } from './usage-cost.ts'

const require = createRequire(import.meta.url)

/** Milliseconds for which a price is remembered: some change with the hour. */
const rememberedMs = 600_000
/** Models whose prices are remembered: their names may be chosen by clients. */
const maxRemembered = 500

/** The list prices of the service at an address. */
export class ListPrices {
  readonly #address: string
  readonly #calculate: typeof calcPrice | undefined
  readonly #known = new Map<string, { readonly rates: Rates | undefined; readonly until: number }>()

  constructor(address: string, calculate: typeof calcPrice | undefined = calculator()) {
    this.#address = address
    this.#calculate = calculate
  }

  /** The rates of a model by the service's name of it; undefined if they are unknown. `now`: Unix time in milliseconds. */
  ratesOf(model: string, now = Date.now()): Rates | undefined {
    const known = this.#known.get(model)
    if (known && now < known.until) return known.rates
    if (this.#known.size >= maxRemembered) this.#known.clear()
    const rates = this.#find(model, now)
    this.#known.set(model, { rates, until: now + rememberedMs })
    return rates
  }

  #find(model: string, now: number): Rates | undefined {
    try {
      const options = { providerApiUrl: this.#address, timestamp: new Date(now) }
      const found = this.#calculate?.({ input_tokens: 1, output_tokens: 1 }, model, options)
      return found ? ratesIn(found.model_price) : undefined
    } catch {
      // The package cannot price the model: that is unknown, and no fault of the answer.
      return undefined
    }
  }
}

/** The function of the package, loaded when a price is first needed; undefined if the package is not installed. */
function calculator(): typeof calcPrice | undefined {
  try {
    return (require('@pydantic/genai-prices') as { readonly calcPrice: typeof calcPrice }).calcPrice
  } catch {
    return undefined
  }
}

/** The rates that the package states; undefined without a price of prompts. Models that write no text have none of output. */
function ratesIn(price: Readonly<Record<string, unknown>>): Rates | undefined {
  const input = rateOf(price['input_mtok'])
  if (input === undefined) return undefined
  return {
    input,
    output: rateOf(price['output_mtok']) ?? input,
    cached_input: rateOf(price['cache_read_mtok']),
    cache_write: rateOf(price['cache_write_mtok']),
    reasoning: rateOf(price['output_reasoning_mtok']),
    call: (amountOf(price['requests_kcount']) ?? 0) / 1000,
  }
}

function rateOf(value: unknown): Rate | undefined {
  if (typeof value !== 'object' || value === null) return amountOf(value)
  const { base: lowest, tiers } = value as { readonly base?: unknown; readonly tiers?: unknown }
  const base = amountOf(lowest)
  if (base === undefined || !Array.isArray(tiers)) return undefined
  return { base, tiers: tiers.flatMap(tierOf) }
}

function tierOf({ start, price }: { readonly start?: unknown; readonly price?: unknown }) {
  const [over, rate] = [amountOf(start), amountOf(price)]
  return over === undefined || rate === undefined ? [] : [{ over, rate }]
}

function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
