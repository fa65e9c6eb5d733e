import t from 'tap'
import { serveTogether, simulated, skip, workersOf } from '../together.ts'

const operator = { name: 'root', key: 'root-key', role: 'operator' }

/** Calls a worker, on a connection of its own. */
async function call(url: string, key: string, method = 'GET', body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' }
  return await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

t.test(
  'workers share the address for operators, and an operator changes keys for all of them',
  { skip },
  async t => {
    const serving = await serveTogether(t, {
      ...simulated('one'),
      clients: [operator],
      admin: { port: 0 },
      ledger: { path: 'ledger.db' },
    })
    const { url, output, logged } = serving
    const admin = /^for operators +(\S+)$/m.exec(output())![1]!
    t.equal((await call(`${url}/metrics`, 'root-key')).status, 404)
    const statuses = async (key: string) =>
      await Promise.all(Array.from({ length: 8 }, async () => (await call(`${url}/v1/models`, key)).status))
    const all = async (key: string, status: number): Promise<void> => {
      while (new Set(await statuses(key)).size > 1);
      t.same(new Set(await statuses(key)), new Set([status]))
    }
    const created = (await (await call(`${admin}/keys`, 'root-key', 'POST', { name: 'ann' })).json()) as {
      key: string
    }
    await all(created.key, 200)
    t.equal((await call(`${admin}/keys/ann`, 'root-key', 'DELETE')).status, 200)
    await all(created.key, 401)
    t.match(await (await call(`${admin}/metrics`, 'root-key')).text(), /route="\/v1\/models",status="401"/)

    process.kill(workersOf(serving)[0]!, 'SIGKILL')
    await logged('a worker has ended')
    t.equal((await call(`${admin}/metrics`, 'root-key')).status, 200)
  },
)

t.test(
  'a provider that is drained through one worker is drained for all, also for a worker that starts later',
  { skip },
  async t => {
    const serving = await serveTogether(t, {
      ...simulated('one'),
      clients: [operator, { name: 'ann', key: 'ann-key' }],
    })
    const { url, logged } = serving
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
    const ask = async () => (await call(`${url}/v1/chat/completions`, 'ann-key', 'POST', body)).status
    const all = async (status: number): Promise<void> => {
      const statuses = async () => new Set(await Promise.all(Array.from({ length: 8 }, ask)))
      // A notice is on its way to the other worker.
      while ((await statuses()).size > 1);
      t.same(await statuses(), new Set([status]))
    }
    await all(200)
    t.equal((await call(`${url}/providers/one/drain`, 'root-key', 'POST')).status, 200)
    await all(503)
    process.kill(workersOf(serving)[0]!, 'SIGKILL')
    await logged('a worker has ended')
    while (workersOf(serving).length < 2) await call(`${url}/health`, 'root-key')
    await all(503)
    t.equal((await call(`${url}/providers/one/resume`, 'root-key', 'POST')).status, 200)
    await all(200)
  },
)
