import t from 'tap'
import { Pool } from 'undici'
import { blackHole, closedPort, fakeProvider, hold, stream } from '../fake-provider.ts'
import { client, met, path } from './client.ts'

t.test('a provider restarts on its port', async t => {
  const provider = await fakeProvider(t, [stream(['one ', hold()])])
  const ask = client(t, provider.url)
  const streaming = await ask()
  const { url } = provider
  await provider.stop()
  await t.rejects(streaming.body.text(), { code: 'ECONNRESET' })
  t.equal(await met(ask), 'head: ECONNREFUSED')
  await provider.start()
  t.equal(provider.url, url)
  t.equal(await met(ask), '200')
})

t.test('a closed port refuses, and stays closed', async t => {
  const url = await closedPort(t)
  for (let n = 0; n < 3; n += 1) t.equal(await met(client(t, url)), 'head: ECONNREFUSED')
})

t.test('a black hole answers no connection attempt', { skip: process.platform !== 'linux' }, async t => {
  const url = await blackHole(t)
  const pool = new Pool(new URL(url).origin, { connectTimeout: 20 })
  t.teardown(() => pool.destroy())
  await t.rejects(pool.request({ path, method: 'GET' }), { code: 'UND_ERR_CONNECT_TIMEOUT' })
})
