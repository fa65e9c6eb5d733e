import t from 'tap'
import { callStored } from '../../src/attempt/stored-call.ts'
import { callOf } from '../call.ts'
import { answer, error } from '../fake-provider.ts'
import { entryOf, proxyFrom, proxyOver } from '../plugins/proxy/proxy.ts'

t.test('a 404 names the address that was asked, without its query and credentials', async t => {
  const { fakes, send } = await proxyOver(t, [error(404, 'Not Found')])
  const { origin } = new URL(fakes[0]!.url)
  await t.rejects(send(), { message: new RegExp(`asked for ${fakes[0]!.url}/chat/completions$`) })
  const rooted = proxyFrom(t, { providers: [entryOf(origin, 0)] })
  await t.rejects(rooted.send(), { message: /base_url has no path, and at most services it ends with \/v1$/ })
  const address = fakes[0]!.url.replace('//', '//me:pass-word-12@')
  const secret = proxyFrom(t, { providers: [entryOf(`${address}?key=secret-value-1`, 0, { api_key: '' })] })
  await t.rejects(secret.send(), { message: new RegExp(`asked for ${fakes[0]!.url}/chat/completions$`) })
})

t.test('a client with a key of this server reads no host, whether a provider refuses or is away', async t => {
  const { send } = await proxyOver(t, [error(404, 'Not Found')])
  const keyed = () => callOf('r', { tenant: 'client:ann' })
  await t.rejects(send(undefined, keyed()), { message: /asked for \/v1\/chat\/completions$/ })
  const away = proxyFrom(t, { providers: [entryOf('http://127.0.0.1:1/v1', 0)] })
  await t.rejects(away.send(), { message: /no connection to http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)/ })
  await t.rejects(away.send(undefined, keyed()), { message: /no connection \(ECONNREFUSED\)/ })
  const provider = away.pool.members[0]!.provider
  const options = { timeoutMs: 20_000, idleMs: 20_000, totalMs: 20_000, limit: 1_000, told: String }
  const stored = (tenant: string | undefined) => {
    const outgoing = provider.storedCall('GET', 'resp_1', '', { requestId: 'r' })
    const { signal } = new AbortController()
    return callStored(provider, outgoing, { ...options, signal, clientKey: undefined, tenant })
  }
  await t.rejects(stored(undefined), { message: /no connection to http:\/\/127\.0\.0\.1:1 / })
  await t.rejects(stored('client:ann'), { message: /no connection \(ECONNREFUSED\)$/ })
})

t.test('a 404 about the model says nothing about addresses', async t => {
  const body = { error: { message: 'The model `x` does not exist', code: 'model_not_found' } }
  const { send } = await proxyOver(t, [error(404, body)])
  await t.rejects(send(), { message: /^(?!.*asked for).*does not exist/ })
})

t.test('user and password of an address are sent as such, and never shown', async t => {
  const { fakes } = await proxyOver(t, [answer()])
  const fake = fakes[0]!
  const address = fake.url.replace('//', '//me:pa%40ss-word-100%@')
  const { send } = proxyFrom(t, { providers: [entryOf(address, 0, { api_key: '' })] })
  await send()
  const basic = `Basic ${Buffer.from('me:pa@ss-word-100%').toString('base64')}`
  t.equal(fake.requests[0]?.headers['authorization'], basic)
  fake.script(error(400, `not this: ${basic}`))
  await t.rejects(send(), { message: /not this: Basic \[key\]/ })
})
