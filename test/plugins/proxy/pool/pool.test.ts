import t from 'tap'
import { configSchema } from '../../../../src/config/schema.ts'
import { answer, error, gate } from '../../../fake-provider.ts'
import { entryOf, proxyOver } from '../proxy.ts'
import type { Entry } from '../proxy.ts'

const configOf = (...providers: Entry[]) => configSchema.parse({ providers })

t.test('a reload that changes a provider resets its health, and its statistics continue', async t => {
  const { fakes, pool, send } = await proxyOver(t, [error(401)])
  await t.rejects(send())
  const { url } = fakes[0]!
  pool.update(configOf(entryOf(url, 0)))
  t.equal(pool.get('a')?.state.status, 'unhealthy', 'nothing has changed')
  pool.update(configOf(entryOf(url, 0, { api_key: 'sk-mended' })))
  t.equal(pool.get('a')?.state.status, 'healthy')
  t.match(pool.get('a')?.state.counts, { requests: 1, failures: 1 })
})

t.test('a call from before a change proves nothing about the provider as it is now', async t => {
  const open = gate()
  const { fakes, pool, currentConfig, send } = await proxyOver(t, [undefined])
  fakes[0]!.script(async () => {
    await open.pass()
    return error(401)
  })
  const running = send()
  await fakes[0]!.waitFor(1)
  const next = configOf(entryOf(fakes[0]!.url, 0, { api_key: 'sk-mended' }))
  currentConfig.replace(next)
  pool.update(next)
  open.release()
  await t.rejects(running)
  t.equal(pool.get('a')?.state.status, 'healthy')
  t.equal(pool.get('a')?.state.counts.failures, 1, 'but it is counted')
})

t.test('tokens used by a call stay used when the limit of its provider changes', async t => {
  const { fakes, pool, send } = await proxyOver(t, [answer()], {}, [{ rate_limit: { rpm: 2 } }])
  await send()
  await send()
  const readyIn = () => pool.get('a')!.state.rateLimit!.readyIn(0, performance.now())
  t.not(readyIn(), 0)
  pool.update(configOf(entryOf(fakes[0]!.url, 0)))
  t.equal(pool.get('a')?.state.rateLimit, undefined)
  pool.update(configOf(entryOf(fakes[0]!.url, 0, { rate_limit: { rpm: 3 } })))
  t.equal(readyIn(), 0)
  pool.get('a')!.state.rateLimit!.reserve(0, performance.now())
  t.not(readyIn(), 0)
})

t.test('a configuration that cannot be built changes nothing', async t => {
  const { fakes, pool } = await proxyOver(t, [answer()])
  const { members } = pool
  const unknown = entryOf(fakes[0]!.url, 1, { type: 'no such kind' })
  t.throws(() => pool.update(configOf(entryOf(fakes[0]!.url, 0), unknown)), { code: 'config_invalid' })
  t.equal(pool.members, members)
})
