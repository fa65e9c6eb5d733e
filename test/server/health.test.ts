import t from 'tap'
import { serve } from './serve.ts'
import { serve as serveAll } from '../matrix/serve.ts'
import { answer, error } from '../fake-provider.ts'

t.test('the status of the server is the worst that a section reports', async t => {
  for (const [sections, status, code] of [
    [[], 'healthy', 200],
    [[{ status: 'healthy' }, { ok: true }], 'healthy', 200],
    [[{ status: 'healthy' }, { ok: false }], 'degraded', 200],
    [[{ status: 'degraded' }, 'text'], 'degraded', 200],
    [[{ status: 'unhealthy' }, { status: 'degraded' }], 'unhealthy', 503],
  ] as const) {
    const { url } = await serve(t, {
      plugin: app =>
        sections.forEach((section, at) => app.healthSections.set(`section-${at}`, () => section)),
    })
    const response = await fetch(`${url}/health`)
    t.equal(response.status, code)
    t.match(await response.json(), { status })
  }
})

t.test(
  'one broken provider of two degrades the server, two are its end, and neither stops the process',
  async t => {
    const server = await serveAll(t, [error(500), answer()], {
      config: { routing: { failure_threshold: 1 } },
    })
    const health = async () => {
      const { status, text } = await server.client.get('/health')
      return [status, (JSON.parse(text) as { status: string }).status]
    }
    t.strictSame(await health(), [200, 'healthy'])
    for (let call = 0; call < 3; call++) await server.client.ask()
    t.strictSame(await health(), [200, 'degraded'])
    server.fakes[1]!.script(error(401))
    for (let call = 0; call < 3; call++) await server.client.ask()
    t.strictSame(await health(), [503, 'unhealthy'])
    for (const path of ['/live', '/ready']) t.equal((await server.client.get(path)).status, 200)
  },
)

t.test('orchestrators need no key, and find the paths of LiteLLM', async t => {
  const { url } = await serve(t, { config: { api_keys: ['secret-key'] } })
  for (const path of ['/live', '/health/liveliness', '/health/liveness']) {
    const response = await fetch(url + path)
    t.strictSame([response.status, await response.json()], [200, { status: 'alive' }])
  }
  for (const path of ['/ready', '/health/readiness']) {
    const response = await fetch(url + path)
    t.strictSame([response.status, await response.json()], [200, { status: 'ready' }])
  }
})

t.test('a ledger that cannot be written degrades the server, whose requests are answered', async t => {
  const path = `${import.meta.filename}/ledger.db`
  const server = await serveAll(t, [answer()], { config: { ledger: { path } } })
  const health = async () => JSON.parse((await server.client.get('/health')).text) as object
  const ledger = { ok: false, error: 'the ledger cannot be written; the log has the reason' }
  t.match(await health(), { status: 'degraded', ledger: { ...ledger, dropped: 0 } }, 'from the start')
  t.equal((await server.client.ask()).status, 200)
  // Requests are recorded after their answer, several at a time.
  while (JSON.stringify(await health()).includes('"dropped":0')) continue
  t.match(await health(), { status: 'degraded', ledger: { ...ledger, dropped: 1 } })
  t.equal(server.log.filter(line => line.includes('the ledger cannot be written')).length, 1)
})

t.test('a ledger that has not failed is healthy', async t => {
  const server = await serveAll(t, [answer()], { config: { ledger: { path: ':memory:' } } })
  const health = await server.client.get('/health')
  t.match(JSON.parse(health.text), { status: 'healthy', ledger: { ok: true } })
})
