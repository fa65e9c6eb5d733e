import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import { priceOf } from '../../src/config/sections/price.ts'
import { answer, error } from '../fake-provider.ts'
import { ask } from '../call.ts'
import { proxyOver, received } from '../plugins/proxy/proxy.ts'

const general = { input: 1, output: 2 }
const large = { input: 10, output: 20 }
const preview = { input: 100, output: 200 }
const one = { input: 0, output: 0 }

t.test('the price of a model is that of its name, of the longest pattern, or of its provider', async t => {
  const prices = {
    price: general,
    model_prices: { 'gpt-*': large, 'gpt-5-preview*': preview, 'gpt-5-preview-1': one },
  }
  t.equal(priceOf(prices, 'gpt-5-preview-1'), one)
  t.equal(priceOf(prices, 'gpt-5-preview-2'), preview)
  t.equal(priceOf(prices, 'gpt-5'), large)
  t.equal(priceOf(prices, 'llama'), general)
  t.equal(priceOf({ model_prices: { 'gpt-*': large } }, 'constructor'), undefined)
})

t.test('a price has both parts, and neither is negative', async t => {
  const accepts = (price: object) =>
    configSchema.safeParse({ providers: [{ name: 'a', base_url: 'http://localhost:1', price }] }).success
  t.ok(accepts({ input: 0, output: 0.6 }))
  for (const price of [
    { input: 1 },
    { output: 1 },
    { input: -1, output: 1 },
    { input: 1, output: 1, other: 1 },
  ])
    t.notOk(accepts(price))
})

t.test("with least_cost, calls go to the cheapest by the provider's own name of the model", async t => {
  const routing = { strategy: 'least_cost' }
  const { fakes, send } = await proxyOver(t, [answer(), answer(), answer()], { routing }, [
    {},
    { price: general, model_map: { 'gpt-4': 'own' }, model_prices: { own: large } },
    { price: preview, model_prices: { 'gpt-4': general } },
  ])
  for (let time = 0; time < 3; time++) await send(ask())
  t.strictSame(received(fakes), [0, 0, 3])
  fakes[1]!.script(error(500))
  fakes[2]!.script(error(500))
  await send(ask())
  t.strictSame(received(fakes), [1, 1, 4], 'the one of unknown price comes last')
})
