import t from 'tap'
import { largestWindow, ServedModels } from '../../../../src/config/sections/model-patterns.ts'
import { ask } from '../../../call.ts'
import { answer, error } from '../../../fake-provider.ts'
import { serve } from '../../../matrix/serve.ts'
import { textOf } from '../../../matrix/client.ts'
import { proxyOver, received } from '../proxy.ts'

const windows = (size: number) => ({ context_windows: { '*': size } })
/** A prompt of at least `tokens` tokens, by the estimate. */
const long = (tokens: number) => 'words '.repeat(tokens)
const tooLong = error(400, { error: { message: 'too long', code: 'context_length_exceeded' } })
const failover = { routing: { strategy: 'failover' } } as const

t.test('a chat that is known to be too long goes to a provider with a larger window', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer()], failover, [windows(100), windows(1000)])
  await send(ask('short'))
  t.strictSame(received(fakes), [1, 0])
  await send(ask(long(101)))
  t.strictSame(received(fakes), [1, 1])
  await send(ask('short', { max_tokens: 500 }))
  t.strictSame(received(fakes), [1, 2], 'the answer takes room, too')
  await send(ask(long(1001)))
  t.strictSame(received(fakes), [2, 2], 'one that fits nowhere is left to the services')
})

t.test('a provider whose window is not known gets any chat', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer()], failover, [windows(100)])
  await send(ask(long(5000)))
  t.strictSame(received(fakes), [0, 1])
})

t.test('a chat that is refused as too long is sent to a larger window, never to a smaller one', async t => {
  const entries = [windows(100), windows(50), windows(1000)]
  const { fakes, pool, send } = await proxyOver(t, [tooLong, answer(), answer('from c')], failover, entries)
  t.equal(await (await send(ask('short'))).text(), 'from c')
  t.strictSame(received(fakes), [1, 0, 1])
  t.equal(pool.get('a')?.state.counts.failures, 0, 'the refusal is charged to nobody')
})

t.test('without a larger window, the refusal is the answer', async t => {
  const { fakes, send } = await proxyOver(t, [tooLong, answer()], failover, [windows(1000), windows(100)])
  const thrown: unknown = await send(ask('short')).catch((error: unknown) => error)
  t.match(thrown, { status: 400, upstream: { code: 'context_length_exceeded' } })
  t.strictSame(received(fakes), [1, 0])
})

t.test('a chat that fits into no window of its model goes to the first fallback that it fits', async t => {
  const entry = { context_windows: { small: 100, middle: 200, large: 1000 } }
  const context = { small: ['middle', 'large'] }
  const { client, fakes } = await serve(t, [({ request }) => answer(String(request.body['model']))], {
    entries: [entry],
    config: { fallbacks: { context } },
  })
  const asked = async (content: string) =>
    textOf(await client.ask({ model: 'small', messages: [{ role: 'user', content }] }))
  t.equal(await asked('short'), 'small')
  t.equal(await asked(long(150)), 'middle')
  t.equal(await asked(long(500)), 'large')
  t.equal(await asked(long(2000)), 'small', 'one that fits nowhere is left to its own model')
  t.equal(fakes[0]!.requests.length, 4, 'nothing was tried in vain')
})

t.test('a window is looked up by the name at the provider: whole, or by the longest pattern', t => {
  const models = new ServedModels({
    model_map: { fast: 'gpt-4o-mini' },
    context_windows: { '*': 1, 'gpt-*': 2, 'gpt-4o*': 3, 'gpt-4o': 4 },
  })
  for (const [model, size] of [
    ['x', 1],
    ['gpt-3', 2],
    ['fast', 3],
    ['gpt-4o', 4],
  ] as const)
    t.equal(models.windowOf(model), size)
  t.equal(new ServedModels({ model_map: {}, context_windows: { a: 1 } }).windowOf('constructor'), undefined)
  t.end()
})

t.test('the largest window of a model is that of the providers that serve it', async t => {
  const providers = [
    { models: ['gpt-4o'], model_map: {}, context_windows: { 'gpt-*': 100 } },
    { models: ['gpt-4o', 'o3'], model_map: {}, context_windows: { 'gpt-4o': 200, o3: 300 } },
    { model_map: {} },
  ]
  t.equal(largestWindow(providers, 'gpt-4o'), 200)
  t.equal(largestWindow(providers, 'o3'), 300)
  t.equal(largestWindow(providers, 'claude'), undefined)
})
