import type { Test } from 'tap'
import t from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { answer, closedPort, error, fakeProvider, gate, hold, sequence } from '../fake-provider.ts'
import type { FakeProvider } from '../fake-provider.ts'
import { masterName, noRedis, RedisServer, startSentinel } from '../store/redis-server.ts'
import { startHost } from './host.ts'
import { hello } from './serve.ts'

type Entry = NonNullable<ConfigInput['providers']>[number]

/** Two servers with the same configuration over one Redis. */
async function twoServers(
  t: Test,
  entries: readonly Partial<Entry>[],
  more: ConfigInput = {},
  redis?: RedisServer,
): Promise<Server[]> {
  const { url } = redis ?? (await RedisServer.start(t))
  const providers = entries.map((entry, index) => {
    const key = entry.api_keys ? {} : { api_key: 'sk-test' }
    return { name: 'abc'[index]!, ...key, ...entry }
  })
  const config: ConfigInput = {
    approach: 'proxy',
    redis: { url, timeout: 30 },
    routing: { strategy: 'failover', slot_wait: 600, health_check: { enabled: false } },
    ...more,
    providers,
  }
  const hosts = [await startHost(t, config), await startHost(t, config)]
  const servers = hosts.map(({ url }) => ({
    url,
    ask: async (content = 'Hi') => {
      const messages = [{ role: 'user', content }]
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...hello, messages }),
      })
      await response.text()
      return response
    },
    get: async (path: string) => (await (await fetch(url + path)).json()) as Record<string, never>,
  }))
  // Each starts without a Redis that is slow to answer.
  await isShared(servers, true)
  return servers
}

interface Server {
  readonly url: string
  readonly ask: (content?: string) => Promise<Response>
  readonly get: (path: string) => Promise<Record<string, never>>
}

/** Sends `count` requests at once, to each server in turn. */
function askAll(servers: readonly Server[], count: number): Promise<Response[]> {
  const asking = Array.from({ length: count }, (_, index) =>
    servers[index % servers.length]!.ask(`question ${index}`),
  )
  return Promise.all(asking)
}

const statuses = (responses: readonly Response[], status: number) =>
  responses.filter(response => response.status === status).length

/** Asks a server until its report of provider `a` is as expected. */
async function untilA(server: Server, wanted: Record<string, unknown>): Promise<void> {
  for (;;) {
    const { providers } = await server.get('/providers')
    const [a] = providers as unknown as Record<string, unknown>[]
    if (Object.entries(wanted).every(([name, value]) => JSON.stringify(a?.[name]) === JSON.stringify(value)))
      return
  }
}

/** Asks servers until they share their state, or do not. */
async function isShared(servers: readonly Server[], ok: boolean): Promise<void> {
  for (const server of servers)
    while (JSON.stringify(await server.get('/health')).includes('"ok":true') !== ok) continue
}

/** Holds calls until there are enough, and knows the maximum at one time. */
function busiest(wanted: number): {
  readonly script: ReturnType<typeof sequence>
  readonly most: () => number
} {
  let running = 0
  let most = 0
  const door = gate()
  void door.reached(wanted).then(() => door.release())
  const begin = () => void (most = Math.max(most, ++running))
  const end = () => void running--
  return { script: sequence(begin, hold(door), end, answer()), most: () => most }
}

const received = (fakes: readonly FakeProvider[]) => fakes.map(fake => fake.requests.length)

if (noRedis) t.pass('', { skip: noRedis })
else {
  t.test('max_concurrent holds across both servers, and all of it is used', async t => {
    const { script, most } = busiest(3)
    const fake = await fakeProvider(t, script)
    const servers = await twoServers(t, [{ base_url: fake.url, max_concurrent: 3 }])
    const responses = await askAll(servers, 40)
    t.equal(statuses(responses, 200), 40)
    t.equal(most(), 3)
  })

  t.test('a slot that one server leaves idle is available to the other', async t => {
    const door = gate()
    const fake = await fakeProvider(t, sequence(hold(door), answer()))
    const servers = await twoServers(t, [{ base_url: fake.url, max_concurrent: 4 }])
    const [first, rest] = await Promise.all([
      askAll([servers[0]!], 1),
      door.reached(1).then(() => askAll([servers[1]!], 3)),
      door.reached(4).then(() => door.release()),
    ])
    t.equal(statuses([...first, ...rest], 200), 4)
  })

  t.test("the clients' rate_limit holds exactly across both servers", async t => {
    const fake = await fakeProvider(t)
    const servers = await twoServers(t, [{ base_url: fake.url }], { rate_limit: { requests: 10 } })
    const responses = await askAll(servers, 24)
    t.equal(statuses(responses, 200), 10)
    t.equal(statuses(responses, 429), 14)
    const refused = responses.find(({ status }) => status === 429)!
    t.equal(refused.headers.get('x-ratelimit-remaining-requests'), '0')
    t.ok(Number(refused.headers.get('retry-after')) > 0)
  })

  t.test("a provider's rpm holds across both servers, and further calls go elsewhere", async t => {
    const fakes = [await fakeProvider(t), await fakeProvider(t)]
    const servers = await twoServers(t, [
      { base_url: fakes[0]!.url, rate_limit: { rpm: 5 } },
      { base_url: fakes[1]!.url, fallback_only: true },
    ])
    const responses = await askAll(servers, 12)
    t.equal(statuses(responses, 200), 12)
    t.strictSame(received(fakes), [5, 7])
  })

  t.test('the tokens used at a provider count for both servers', async t => {
    const fakes = [await fakeProvider(t), await fakeProvider(t)]
    const [one, two] = await twoServers(t, [
      { base_url: fakes[0]!.url, rate_limit: { tpm: 1_500 } },
      { base_url: fakes[1]!.url, fallback_only: true },
    ])
    // Each is expected to use about 1000 tokens, and uses few. The other server may ask before it can know that: each has
    // a connection to Redis of its own, and only the order within one is certain.
    const servedByFirst = async (server: Server) => {
      for (;;) {
        const response = await server.ask()
        t.equal(response.status, 200)
        if (response.headers.get('x-hulumanage-provider') === 'a') return
      }
    }
    for (const server of [one!, two!, one!, two!]) await servedByFirst(server)
  })

  t.test('a provider that fails for one server rests for the other, and recovers for both', async t => {
    const fakes = [await fakeProvider(t, [error(401)]), await fakeProvider(t)]
    const [one, two] = await twoServers(
      t,
      fakes.map(({ url }) => ({ base_url: url })),
    )
    t.equal((await one!.ask()).status, 200)
    await untilA(two!, { status: 'unhealthy' })
    t.equal((await two!.ask()).status, 200)
    t.strictSame(received(fakes), [1, 2])
  })

  t.test('a server that starts later knows which providers rest', async t => {
    const redis = await RedisServer.start(t)
    const fakes = [await fakeProvider(t, [error(401)]), await fakeProvider(t)]
    const entries = fakes.map(({ url }) => ({ base_url: url }))
    const [one] = await twoServers(t, entries, {}, redis)
    await one!.ask()
    const [three] = await twoServers(t, entries, {}, redis)
    await untilA(three!, { status: 'unhealthy' })
    await three!.ask()
    t.strictSame(received(fakes), [1, 2])
  })

  t.test('a key refused to one server is set aside by the other', async t => {
    const fake = await fakeProvider(t, [error(401)])
    const [one, two] = await twoServers(t, [{ base_url: fake.url, api_keys: ['sk-dead', 'sk-good'] }])
    t.equal((await one!.ask()).status, 200)
    await untilA(two!, { keys: { total: 2, usable: 1 } })
    t.equal((await two!.ask()).status, 200)
    t.equal((await two!.ask()).status, 200)
    t.strictSame(
      fake.requests.map(({ headers }) => headers['authorization']),
      ['Bearer sk-dead', 'Bearer sk-good', 'Bearer sk-good', 'Bearer sk-good'],
    )
  })

  t.test('answers stored by one server are served, and deleted, by the other', async t => {
    const fake = await fakeProvider(t)
    const [one, two] = await twoServers(t, [{ base_url: fake.url }], { cache: { enabled: true } })
    t.equal((await one!.ask()).headers.get('x-hulumanage-cache'), 'miss')
    while ((await two!.ask()).headers.get('x-hulumanage-cache') !== 'hit') continue
    await fetch(`${one!.url}/cache`, { method: 'DELETE' })
    t.equal((await two!.ask()).headers.get('x-hulumanage-cache'), 'miss')
  })

  t.test('/stats of each server has the counts of all, /health the shared store', async t => {
    const fake = await fakeProvider(t)
    const servers = await twoServers(t, [{ base_url: fake.url }])
    await askAll(servers, 6)
    // Announcing the last ones to the others may take a moment.
    for (const server of servers) {
      while (JSON.stringify((await server.get('/stats'))['requests']) !== '{"total":6,"failed":0}') continue
      t.match(await server.get('/stats'), { endpoints: { a: { requests: 6, successes: 6 } } })
      t.match(await server.get('/health'), { store: { kind: 'redis', ok: true } })
    }
  })

  t.test('no request fails, whatever happens to Redis', async t => {
    const redis = await RedisServer.start(t)
    const fake = await fakeProvider(t)
    const entries = [
      { base_url: fake.url, max_concurrent: 2, rate_limit: { rpm: 100_000, tpm: 100_000_000 } },
    ]
    const more: ConfigInput = {
      redis: { url: redis.url, timeout: 0.2 },
      rate_limit: { requests: 100_000 },
      cache: { enabled: true },
    }
    const servers = await twoServers(t, entries, more, redis)
    const allAnswered = async (what: string) => t.equal(statuses(await askAll(servers, 10), 200), 10, what)
    await allAnswered('well')
    redis.pause()
    await allAnswered('hangs')
    await isShared(servers, false)
    await allAnswered('away')
    redis.resume()
    await isShared(servers, true)
    await allAnswered('back')
    const [answers] = await Promise.all([askAll(servers, 10), redis.kill()])
    t.equal(statuses(answers, 200), 10, 'dies')
    await isShared(servers, false)
    await allAnswered('dead')
    const kept = await fetch(`${servers[0]!.url}/cache`, { method: 'DELETE' })
    t.match([kept.status, await kept.text()], [503, /are not deleted.*store_unavailable/])
    await redis.restart()
    await isShared(servers, true)
    await allAnswered('back, with nothing in it')
  })

  t.test('no request fails while sentinels replace Redis, and no lease is left behind', async t => {
    const master = await RedisServer.start(t)
    const replica = await RedisServer.startReplica(t, master)
    const gone = new URL(await closedPort(t)).host
    const sentinels = [`redis://${gone}`, await startSentinel(t, master)]
    const { script, most } = busiest(3)
    const fake = await fakeProvider(t, script)
    const entries = [{ base_url: fake.url, max_concurrent: 3, rate_limit: { rpm: 100_000 } }]
    const redis = { url: `redis://${masterName}/0`, timeout: 0.2, sentinels }
    const servers = await twoServers(t, entries, { redis }, master)
    const allAnswered = async (what: string) => t.equal(statuses(await askAll(servers, 12), 200), 12, what)
    await allAnswered('well')
    const [answers] = await Promise.all([askAll(servers, 12), master.kill()])
    t.equal(statuses(answers, 200), 12, 'dies')
    // On a busy machine it may be replaced by now, so nothing waits for the time without one.
    await allAnswered('dead')
    await replica.untilPromoted()
    await isShared(servers, true)
    await allAnswered('replaced')
    t.ok(most() <= 6, `${most()} calls at one time, of 3 for each server while it is alone`)
    for (const leases of ['hulumanage:leases:a', 'hulumanage:queue:a'])
      while ((await replica.command('EXISTS', leases)) !== ':0\r\n') continue
  })

  t.test('a response made by one server can be continued at another', async t => {
    const provider = await fakeProvider(t, [answer('one'), answer('two')])
    const [one, two] = await twoServers(t, [{ base_url: provider.url }])
    const ask = async (server: Server, body: object) => {
      const response = await fetch(`${server.url}/v1/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', stream: true, ...body }),
      })
      // The test waits only for the last event.
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
        const ended = /"type":"response.completed","response":\{"id":"(\w+)"/.exec(text)
        if (ended) return ended[1]!
      }
      throw new Error('no end')
    }
    const id = await ask(one!, { input: 'a' })
    await ask(two!, { input: 'b', previous_response_id: id })
    t.match(provider.requests[1]!.body['messages'], [{ content: 'a' }, { content: 'one' }, { content: 'b' }])
    t.match(await two!.get(`/v1/responses/${id}`), { id, status: 'completed' })
  })

  t.test('without the store a response cannot be continued, but is still answered', async t => {
    const server = await RedisServer.start(t)
    const provider = await fakeProvider(t)
    const [one] = await twoServers(t, [{ base_url: provider.url }], {}, server)
    await server.kill()
    const response = await fetch(`${one!.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, input: 'a' }),
    })
    t.match(await response.text(), 'event: response.completed')
  })
}
