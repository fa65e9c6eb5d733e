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
    const become = async (key: string, status: number): Promise<void> => {
      // A notice is on its way to the other worker, which may get all of the calls.
      while ((await statuses(key)).some(each => each !== status));
    }
    const created = (await (await call(`${admin}/keys`, 'root-key', 'POST', { name: 'ann' })).json()) as {
      key: string
    }
    await become(created.key, 200)
    t.equal((await call(`${admin}/keys/ann`, 'root-key', 'DELETE')).status, 200)
    await become(created.key, 401)
    const metrics = async () => await (await call(`${admin}/metrics`, 'root-key')).text()
    // A worker that is too busy to answer in time counts with what it last answered.
    while (!(await metrics()).includes('route="/v1/models",status="401"'));

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
    const become = async (status: number): Promise<void> => {
      const statuses = async () => await Promise.all(Array.from({ length: 8 }, ask))
      // A notice is on its way to the other worker, which may get all of the calls.
      while ((await statuses()).some(each => each !== status));
    }
    await become(200)
    t.equal((await call(`${url}/providers/one/drain`, 'root-key', 'POST')).status, 200)
    await become(503)
    process.kill(workersOf(serving)[0]!, 'SIGKILL')
    await logged('a worker has ended')
    while (workersOf(serving).length < 2) await call(`${url}/health`, 'root-key')
    await become(503)
    t.equal((await call(`${url}/providers/one/resume`, 'root-key', 'POST')).status, 200)
    await become(200)
  },
)
