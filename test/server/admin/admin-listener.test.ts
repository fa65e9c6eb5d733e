import { connect } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { fakeProvider, gate, hold, sequence, answer } from '../../fake-provider.ts'
import { freePort } from '../../fake-provider/ports.ts'
import { startHost } from '../host.ts'
import { hello, raw } from '../serve.ts'

const operator = { name: 'root', key: 'root-key', role: 'operator' as const }
const user = { name: 'ann', key: 'ann-key' }
const forOperators = [
  '/metrics',
  '/stats',
  '/requests',
  '/requests/r',
  '/usage',
  '/keys',
  '/steps',
  '/config',
  '/providers',
  '/dashboard/events',
]

/** A server with a second address. */
async function start(
  t: Test,
  config: object = {},
  script: Parameters<typeof fakeProvider>[1] = answer('Hello'),
) {
  const provider = await fakeProvider(t, script)
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'fake', base_url: provider.url, api_key: 'sk-provider' }],
    routing: { health_check: { enabled: false } },
    clients: [operator, user],
    admin: { port: 0 },
    ledger: { path: ':memory:' },
    ...config,
  })
  return { ...server, provider, adminUrl: server.adminUrl! }
}

async function get(url: string, key?: string, accept?: string) {
  const headers = {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(accept !== undefined && { accept }),
  }
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) })
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream')
  const text = isEvents ? '' : await response.text()
  if (isEvents) await response.body?.cancel()
  return { status: response.status, text }
}

t.test('with a second address, endpoints for operators are there and nowhere else', async t => {
  const { url, adminUrl } = await start(t)
  for (const path of forOperators) {
    t.match(await get(url + path, 'root-key'), { status: 404, text: /`admin` in the configuration/ }, path)
    t.match(await get(url + path, 'ann-key'), { status: 404, text: /There is no GET/ }, path)
    t.equal((await get(url + path)).status, 401, path)
    const there = await get(adminUrl + path, 'root-key')
    t.ok(there.status === 200 || path === '/requests/r', path)
    t.equal((await get(adminUrl + path)).status, 401, path)
    t.equal((await get(adminUrl + path, 'ann-key')).status, 403, path)
  }
  t.equal(
    (await fetch(`${url}/cache`, { method: 'DELETE', headers: { 'x-api-key': 'root-key' } })).status,
    404,
  )
  t.equal(
    (await fetch(`${adminUrl}/cache`, { method: 'DELETE', headers: { 'x-api-key': 'root-key' } })).status,
    200,
  )
})

t.test('the page is at the second address alone, with the endpoints that its playground asks', async t => {
  const { url, adminUrl } = await start(t)
  for (const path of ['/', '/dashboard']) {
    t.match(await get(adminUrl + path, undefined, 'text/html'), { status: 200, text: /^<!doctype html>/i })
    const here = await get(url + path, 'ann-key', 'text/html')
    t.notMatch(here.text, /<!doctype/i)
  }
  t.equal((await get(`${url}/`, undefined, 'text/html')).status, 401)
  const { links } = JSON.parse((await get(`${url}/`, 'ann-key')).text) as { links: Record<string, string> }
  t.notOk(Object.values(links).some(path => ['/metrics', '/keys', '/usage'].includes(path)))
  t.ok(links['chat'])
  const body = { method: 'POST', body: JSON.stringify(hello) }
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ann-key' }
  for (const base of [url, adminUrl])
    t.equal((await fetch(`${base}/v1/chat/completions`, { ...body, headers })).status, 200)
})

t.test('health is at both addresses', async t => {
  const { url, adminUrl } = await start(t)
  for (const path of ['/health', '/live', '/ready'])
    for (const base of [url, adminUrl]) t.equal((await get(base + path)).status, 200, base + path)
})

t.test('without a second address, everything is at the first', async t => {
  const { url, adminUrl } = await start(t, { admin: undefined })
  t.equal(adminUrl, undefined)
  t.equal((await get(`${url}/metrics`, 'root-key')).status, 200)
})

t.test('beyond this machine, a second address needs keys', async t => {
  const admin = { host: '0.0.0.0', port: 0 }
  await t.rejects(start(t, { clients: [], admin }), { code: 'config_invalid', message: /host 0\.0\.0\.0/ })
  const { currentConfig, adminUrl } = await start(t, { admin })
  currentConfig.replace({ ...currentConfig.value, clients: [] })
  const { port } = new URL(adminUrl)
  t.equal((await get(`http://127.0.0.1:${port}/metrics`)).status, 401, 'a reload does not open it')
})

t.test('a server without keys refuses other host names at both addresses', async t => {
  const { url, adminUrl } = await start(t, { clients: [] })
  for (const base of [url, adminUrl]) {
    const port = Number(new URL(base).port)
    const answered = await raw(port, 'GET /live HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    t.match(answered, /^HTTP\/1\.1 403/)
  }
})

t.test('a second address that is taken is reported with its key', async t => {
  const { adminUrl } = await start(t)
  const port = Number(new URL(adminUrl).port)
  await t.rejects(start(t, { admin: { port } }), {
    code: 'config_invalid',
    message: new RegExp(`${port}: the port is in use; choose another with admin.port`),
  })
})

t.test('a drain ends requests and idle connections of both addresses', async t => {
  const door = gate()
  const port = await freePort()
  const { adminUrl, stop } = await start(t, { admin: { port } }, sequence(hold(door), answer('late')))
  const idle = connect(port, '127.0.0.1')
  idle.on('error', () => {})
  const closed = new Promise(resolve => idle.once('close', resolve))
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ann-key' }
  const asked = fetch(`${adminUrl}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(hello),
  })
  await door.reached(1)
  const stopped = stop()
  door.release()
  t.equal((await asked).status, 200)
  await stopped
  await closed
  await t.rejects(fetch(`${adminUrl}/live`))
})
