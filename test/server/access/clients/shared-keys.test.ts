import t from 'tap'
import { answer, fakeProvider } from '../../../fake-provider.ts'
import { noPostgres, PostgresServer } from '../../../ledger/postgres/server.ts'
import { startHost } from '../../host.ts'
import { hello } from '../../serve.ts'

/** Calls a server as a client with a key. */
async function call(url: string, key: string, method: string, body?: object) {
  const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) }
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

t.test(
  'keys in PostgreSQL are created, rotated and revoked for all its servers',
  { skip: noPostgres },
  async t => {
    const postgres = await PostgresServer.start(t)
    const provider = await fakeProvider(t, answer('Hello'))
    const config = {
      approach: 'proxy',
      providers: [{ name: 'fake', base_url: provider.url, api_key: 'sk-provider' }],
      routing: { health_check: { enabled: false } },
      clients: [{ name: 'root', key: 'root-key', role: 'operator' as const }],
      ledger: { url: await postgres.emptyDatabase() },
    }
    const [one, two] = [await startHost(t, config), await startHost(t, config)]
    const ask = async (url: string, key: string) =>
      (await call(`${url}/v1/chat/completions`, key, 'POST', hello)).status
    /** Waits until the other server has looked at the database. */
    const until = async (url: string, key: string, status: number) => {
      while ((await ask(url, key)) !== status) await new Promise(setImmediate)
    }

    const created = await call(`${one.url}/keys`, 'root-key', 'POST', {
      name: 'ann',
      budget: { requests: 50_000 },
    })
    t.equal(created.status, 201)
    const key = String(created.body['key'])
    t.equal(await ask(one.url, key), 200, 'at once where it was made')
    await until(two.url, key, 200)
    const again = await call(`${two.url}/keys`, 'root-key', 'POST', { name: 'ann' })
    t.match(again, { status: 409, body: { error: { message: /ann/ } } }, 'a name is given once')
    const listed = await call(`${two.url}/keys`, 'root-key', 'GET')
    t.match(listed.body, {
      data: [
        { name: 'root', source: 'configuration' },
        { name: 'ann', source: 'ledger' },
      ],
    })
    t.notMatch(JSON.stringify(listed.body), key)

    const rotated = await call(`${two.url}/keys/ann/rotate`, 'root-key', 'POST', {})
    const next = String(rotated.body['key'])
    t.equal(await ask(two.url, key), 401)
    await until(one.url, next, 200)
    t.equal(await ask(one.url, key), 401)

    t.equal((await call(`${one.url}/keys/ann`, 'root-key', 'DELETE')).status, 200)
    t.equal(await ask(one.url, next), 401)
    await until(two.url, next, 401)

    await postgres.kill()
    const away = await call(`${one.url}/keys`, 'root-key', 'POST', { name: 'bob' })
    t.match(away, { status: 503, body: { error: { code: 'ledger_unavailable' } } })
  },
)
