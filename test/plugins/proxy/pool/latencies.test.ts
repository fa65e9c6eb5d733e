import t from 'tap'
import { Latencies } from '../../../../plugins/proxy/pool/latencies.ts'
import { configSchema } from '../../../../src/config/schema.ts'
import { ask } from '../../../call.ts'
import { answer, gate, hold } from '../../../fake-provider.ts'
import { entryOf, proxyOver, received } from '../proxy.ts'

const call = { model: 'gpt-4', streams: true, promptTokens: 1, answerTokens: 1 }
const whole = { ...call, streams: false }

t.test('a slow answer counts at once, and faster ones lower the average with time', async t => {
  const latencies = new Latencies()
  t.equal(latencies.expected(call, 0), undefined)
  latencies.record(call, 200, 0)
  latencies.record(call, 5_000, 1)
  t.equal(latencies.expected(call, 1), 5_000)
  latencies.record(call, 200, 1)
  t.equal(latencies.expected(call, 1), 5_000, 'no time has passed')
  latencies.record(call, 200, 300_000)
  t.ok(latencies.expected(call, 300_000)! < 201)
})

t.test('models, and streams and whole answers, are measured apart', async t => {
  const latencies = new Latencies()
  latencies.record(call, 200, 0)
  t.equal(latencies.expected(whole, 0), undefined)
  t.equal(latencies.expected({ ...call, model: 'gpt-5' }, 0), undefined)
})

t.test('a measurement fades only after both time and choices', async t => {
  const latencies = new Latencies()
  latencies.record(call, 1_000, 0)
  t.equal(latencies.expected(call, 3_600_000), 1_000, 'an hour later, but nothing was chosen since')
  for (let choice = 0; choice < 200; choice++) latencies.expected(call, 0)
  t.equal(latencies.expected(call, 0), 1_000, 'all at once')
  t.ok(latencies.expected(call, 120_000)! < 100)
})

t.test('names of models from clients do not fill the memory', async t => {
  const latencies = new Latencies()
  for (let index = 0; index < 600; index++) latencies.record({ ...call, model: `m${index}` }, 200, 0)
  t.equal(latencies.expected({ ...call, model: 'm0' }, 0), undefined)
  t.equal(latencies.expected({ ...call, model: 'm599' }, 0), 200)
})

t.test('with least_latency, calls go to the provider that has its first content sooner', async t => {
  const open = gate()
  const routing = { strategy: 'least_latency' }
  const { fakes, pool, send } = await proxyOver(t, [undefined, answer()], { routing })
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const first = send()
  await fakes[0]!.waitFor(1)
  for (let time = 0; time < 3; time++) await send()
  t.strictSame(received(fakes), [1, 3], 'one call measures the first')
  open.release()
  await first
  pool.get('a')!.measured(whole, 60_000)
  for (let time = 0; time < 5; time++) await send(ask())
  t.strictSame(received(fakes), [1, 8])
})

t.test('an answer that does not come in time is a measurement', async t => {
  const routing = { strategy: 'least_latency' }
  const { pool, send } = await proxyOver(t, [hold(), answer()], { routing }, [{ timeout: 0.05 }])
  await send()
  t.ok(pool.get('a')!.latencyMs(whole)! >= 49)
})

t.test('nothing is measured for other strategies', async t => {
  const { pool, send } = await proxyOver(t, [answer()])
  await send()
  t.equal(pool.get('a')!.latencyMs(whole), undefined)
})

t.test('a reload that changes a provider forgets its latency', async t => {
  const { currentConfig, fakes, pool } = await proxyOver(t, [answer(), answer()])
  const latencies = () => pool.members.map(member => member.latencyMs(call))
  for (const member of pool.members) member.measured(call, 200)
  const entries = [entryOf(fakes[0]!.url, 0), entryOf(fakes[1]!.url, 1, { timeout: 5 })]
  pool.update({ ...currentConfig.value, providers: configSchema.parse({ providers: entries }).providers })
  t.strictSame(latencies().map(Boolean), [true, false])
})

t.test('with usage, limits are used up in proportion', async t => {
  const routing = { strategy: 'usage' }
  const { fakes, send } = await proxyOver(t, [answer(), answer()], { routing }, [
    { rate_limit: { rpm: 30 } },
    { rate_limit: { rpm: 10 } },
  ])
  for (let time = 0; time < 20; time++) await send()
  t.strictSame(received(fakes), [15, 5])
})
