import { once } from 'node:events'
import t from 'tap'
import { answer, fakeProvider, gate, hold, sequence } from '../../fake-provider.ts'
import { responses } from '../../fake-responses.ts'
import { ask, askAll, get, serveTogether, simulated, skip, workersOf } from '../together.ts'

t.test('workers share one port, and limits hold over all of them', { skip }, async t => {
  let running = 0
  let most = 0
  const door = gate()
  void door.reached(3).then(() => door.release())
  const begin = () => void (most = Math.max(most, ++running))
  const end = () => void running--
  const fake = await fakeProvider(t, sequence(begin, hold(door), end, answer()))
  const serving = await serveTogether(t, {
    providers: [{ name: 'a', base_url: fake.url, api_key: 'sk-test', max_concurrent: 3 }],
    routing: { health_check: { enabled: false } },
    rate_limit: { requests: 20 },
  })
  t.equal(workersOf(serving).length, 2)
  t.equal(serving.output().match(/is listening on/g)?.length, 1, 'says so once')
  const statuses = await askAll(serving.url, 30)
  t.equal(statuses.filter(status => status === 200).length, 20)
  t.equal(statuses.filter(status => status === 429).length, 10)
  t.equal(most, 3)
})

t.test('/stats and /metrics cover all workers, and do not decrease after a crash', { skip }, async t => {
  const serving = await serveTogether(t, simulated('one'))
  const { url } = serving
  t.strictSame(new Set(await askAll(url, 10)), new Set([200]))
  const counted = /hulumanage_requests_total\{route="\/v1\/chat\/completions",status="200"\} 10\n/
  // A worker that is too busy to answer in time counts with what it last answered.
  while (!counted.test(await get(`${url}/metrics`)));
  while (!(await get(`${url}/stats`)).includes('"requests":{"total":10,"failed":0}'));

  const [victim, survivor] = workersOf(serving)
  process.kill(victim!, 'SIGKILL')
  await serving.logged('a worker has ended')
  t.match(await get(`${url}/metrics`), counted)
  while (workersOf(serving).length < 2) await get(`${url}/health`)
  t.ok(workersOf(serving).includes(survivor!))
  t.strictSame(new Set(await askAll(url, 10)), new Set([200]))
})

t.test('a slot held by a crashed worker is free again', { skip }, async t => {
  const fake = await fakeProvider(t, [hold(), answer()])
  const serving = await serveTogether(t, {
    providers: [{ name: 'a', base_url: fake.url, api_key: 'sk-test', max_concurrent: 1 }],
    routing: { health_check: { enabled: false } },
  })
  const lost = ask(serving.url).catch(() => 'lost')
  while (fake.requests.length === 0) await get(`${serving.url}/health`)
  // It is unknown which of them has the call.
  for (const pid of workersOf(serving)) process.kill(pid, 'SIGKILL')
  t.equal(await lost, 'lost')
  // Until the primary notices, it may pass a connection to a worker that is gone.
  const ends = () => serving.log().filter(line => line.includes('a worker has ended')).length
  while (ends() < 2) await once(serving.child.stderr!, 'data')
  let status: number | undefined
  while (status === undefined) status = await ask(serving.url).catch(() => undefined)
  t.equal(status, 200, 'as soon as one is there again')
})

t.test(
  'each worker knows the stored responses of the others, also without a key to seal with',
  { skip },
  async t => {
    const fake = await fakeProvider(t, responses())
    const { url } = await serveTogether(t, {
      approach: 'proxy',
      providers: [{ name: 'a', base_url: fake.url, api: 'responses' }],
    })
    const create = async (previous?: string) => {
      const response = await fetch(`${url}/v1/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ model: 'm', input: 'Hi', previous_response_id: previous }),
      })
      return (await response.json()) as { readonly id: string; readonly status: string }
    }
    const { id } = await create()
    const statuses = await Promise.all([create(id), create(id), create(id), create(id)])
    t.strictSame(
      statuses.map(({ status }) => status),
      Array(4).fill('completed'),
    )
  },
)
