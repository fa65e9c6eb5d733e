import { createRequire } from 'node:module'
import t from 'tap'
import { providerSchema } from '../../../src/config/schema.ts'
import { ServedModels } from '../../../src/config/sections/model-patterns.ts'
import { ListPrices } from '../../../src/providers/prices/list-prices.ts'
import { ProviderPrices } from '../../../src/providers/prices/provider-prices.ts'

const usage = { prompt_tokens: 1_000_000, completion_tokens: 1_000_000, total_tokens: 2_000_000 }

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@pydantic/genai-prices')
    return true
  } catch {
    return false
  }
}

/** Prices of a list that states these for every model, and the number of look-ups. */
function listing(price: Readonly<Record<string, unknown>> | null) {
  const asked: string[] = []
  const calculate = (
    _usage: unknown,
    model: string,
    { providerApiUrl }: { readonly providerApiUrl: string },
  ) => {
    asked.push(`${providerApiUrl} ${model}`)
    return price && { model_price: price }
  }
  return { asked, prices: new ListPrices('https://api.example/v1', calculate) }
}

t.test('rates of a list have the parts of configured prices, and tiers', async t => {
  const tiered = { base: 2, tiers: [{ start: 200_000, price: 4 }, { start: 'x' }] }
  const price = { input_mtok: tiered, output_mtok: 8, cache_read_mtok: 0.5, requests_kcount: 10 }
  t.match(listing(price).prices.ratesOf('m'), {
    input: { base: 2, tiers: [{ over: 200_000, rate: 4 }] },
    output: 8,
    cached_input: 0.5,
    cache_write: undefined,
    call: 0.01,
  })
})

t.test('a price that is missing, negative or no number is unknown, not free', async t => {
  for (const price of [
    null,
    {},
    { output_mtok: 1 },
    { input_mtok: -1 },
    { input_mtok: '1' },
    { input_mtok: NaN },
  ])
    t.equal(listing(price).prices.ratesOf('m'), undefined)
})

t.test('a price is remembered for ten minutes, and so is that it is unknown', async t => {
  const { asked, prices } = listing(null)
  for (const now of [0, 599_999, 600_000]) prices.ratesOf('m', now)
  t.same(asked, ['https://api.example/v1 m', 'https://api.example/v1 m'])
})

t.test('the names that clients choose do not fill the memory', async t => {
  const { asked, prices } = listing(null)
  for (let index = 0; index < 501; index++) prices.ratesOf(`m${index}`, 0)
  prices.ratesOf('m0', 0)
  t.equal(asked.length, 502)
})

t.test('a list that fails, or is not installed, makes the price unknown', async t => {
  const failing = () => {
    throw new Error('no such unit')
  }
  t.equal(new ListPrices('https://api.example/v1', failing).ratesOf('m'), undefined)
})

function pricesAt(address: string, more: object = {}): ProviderPrices {
  const config = providerSchema.parse({ name: 'a', base_url: address, ...more })
  return new ProviderPrices(config, new ServedModels(config), address)
}

t.test('a service on this machine or in a private network has no list price', async t => {
  for (const address of ['http://localhost:8080/v1', 'http://10.0.0.1/v1', 'http://vllm/v1'])
    t.equal(pricesAt(address).costOf('gpt-4o-mini', usage, true), null)
})

t.test('the list knows common services by their address', { skip: !isInstalled() }, async t => {
  const openai = 'https://api.openai.com/v1'
  t.ok((pricesAt(openai).costOf('gpt-4o-mini', usage, true) ?? 0) > 0)
  t.equal(pricesAt(openai).costOf('gpt-4o-mini', usage, false), null, 'unless it is switched off')
  t.equal(pricesAt(openai).costOf('no-such-model', usage, true), null)
  t.equal(pricesAt('https://reseller.example/v1').costOf('gpt-4o-mini', usage, true), null)
  const map = { 'my-model': 'gpt-4o-mini' }
  t.ok((pricesAt(openai, { model_map: map }).costOf('my-model', usage, true) ?? 0) > 0, 'by its own names')
  const price = { input: 1, output: 1 }
  t.equal(pricesAt(openai, { price }).costOf('gpt-4o-mini', usage, true), 2, 'what is configured wins')
  t.equal(pricesAt(openai).costOf('gpt-4o-mini', { ...usage, cost: 7 } as typeof usage, true), 7)
})
