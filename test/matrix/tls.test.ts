import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { createServer as createSilent } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { answer } from '../fake-provider.ts'
import { textOf } from './client.ts'
import { errorOf } from './error-shape.ts'
import { serve } from './serve.ts'

/** Made only for these tests: `good` and `expired` are for 127.0.0.1, `other` is for other.example. */
const pemOf = (name: string) => join(import.meta.dirname, 'certificates', `${name}.pem`)

async function listen(t: Test, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

/** A provider behind TLS that counts the requests it gets. */
async function secure(t: Test, name: string) {
  const pem = readFileSync(pemOf(name))
  const asked = { count: 0 }
  const completion = {
    choices: [{ index: 0, message: { role: 'assistant', content: 'secure' }, finish_reason: 'stop' }],
  }
  const server = createServer({ key: pem, cert: pem }, (_request, response) => {
    asked.count += 1
    response.setHeader('content-type', 'application/json').end(JSON.stringify(completion))
  })
  return { url: await listen(t, server), asked }
}

const refused: readonly [name: string, certificate: string, trusted: string | undefined][] = [
  ['that signed itself', 'good', undefined],
  ['for another host', 'other', 'other'],
  ['that has expired', 'expired', 'expired'],
]

for (const [name, certificate, trusted] of refused) {
  t.test(`nothing is sent to a provider with a certificate ${name}`, async t => {
    const { url, asked } = await secure(t, certificate)
    const entry = { name: 'z', base_url: url, api_key: 'key', ...(trusted && { ca_file: pemOf(trusted) }) }
    const alone = await serve(t, [], { more: [entry] })
    const heard = await alone.client.ask()
    t.equal(heard.status, 502)
    t.match(errorOf(t, heard), { code: 'upstream_tls', type: 'upstream_error' })
    const both = await serve(t, [answer('healthy')], {
      more: [entry],
      config: { routing: { strategy: 'round_robin' } },
    })
    for (let n = 0; n < 3; n++) t.equal(textOf(await both.client.ask({ stream: true })), 'healthy')
    t.equal(await both.status('z'), 'unhealthy')
    t.equal(asked.count, 0)
  })
}

t.test('a configured certificate authority is trusted', async t => {
  const { url, asked } = await secure(t, 'good')
  const server = await serve(t, [], { more: [{ name: 'z', base_url: url, ca_file: pemOf('good') }] })
  for (const fields of [{}, { stream: true }]) t.equal(textOf(await server.client.ask(fields)), 'secure')
  t.equal(asked.count, 2)
})

t.test('a handshake that never ends is given up after the connect timeout', async t => {
  const silent = createSilent(socket => {
    t.teardown(() => socket.destroy())
  })
  const entry = { name: 'z', base_url: await listen(t, silent) }
  const config = { timeouts: { connect: 0.05 } }
  const alone = await serve(t, [], { more: [entry], config })
  const heard = await alone.client.ask()
  t.equal(heard.status, 504)
  t.match(errorOf(t, heard), { code: 'upstream_timeout' })
})
