import t from 'tap'
import { Drains } from '../../../plugins/proxy/pool/drains.ts'
import type { ProviderReport } from '../../../plugins/proxy/report.ts'
import type { Fleet } from '../../../src/registry/fleet.ts'
import type { NoticeListener } from '../../../src/store/store.ts'
import { fakeProvider } from '../../fake-provider.ts'
import { startHost } from '../../server/host.ts'
import { hello } from '../../server/serve.ts'
import { noRedis, RedisServer } from '../../store/redis-server.ts'
import { silentLog } from '../../silent-log.ts'

const name = 'eu/1 %'

/** The drains of a server, what it has posted, and a way to let it hear others. */
function server() {
  const posted: [topic: string, text: string][] = []
  let listener: NoticeListener = () => {}
  const notices = {
    post: (topic: string, text: string) => void posted.push([topic, text]),
    subscribe: (hearing: NoticeListener) => {
      listener = hearing
      return () => {}
    },
  }
  const drains = new Drains(notices, silentLog)
  let changes = 0
  drains.subscribe(() => changes++)
  const hear = (topic: string, text: string) => listener(topic, text)
  return { drains, posted, hear, changes: () => changes }
}

t.test('what one server is told applies to the others, whatever the name of the provider', async t => {
  const [one, two] = [server(), server()]
  one.drains.set(name, true, 'olga')
  two.hear(...one.posted[0]!)
  t.same(two.drains.of(name), one.drains.of(name))
  t.match(two.drains.of(name), { by: 'olga' })
  t.equal(two.changes(), 1)
  two.hear(...one.posted[0]!)
  t.equal(two.changes(), 1, 'heard twice')
})

t.test('the later of two words counts, and a server with an older one is told again', async t => {
  const [one, two] = [server(), server()]
  one.drains.set(name, true, undefined)
  two.hear(...one.posted[0]!)
  // As on a machine whose clock is behind: the word is later all the same.
  two.drains.set(name, false, undefined)
  two.hear(...one.posted[0]!)
  t.equal(two.drains.of(name), undefined, 'the old word changes nothing')
  t.same(two.posted.at(-1), two.posted[0], 'and is answered')
  one.hear(...two.posted[0]!)
  t.equal(one.drains.of(name), undefined)
})

t.test('a resume counts at a server that has not heard of the drain yet', async t => {
  const [one, two] = [server(), server()]
  let now = 1_000
  t.intercept(Date, 'now', { value: () => now })
  one.drains.set(name, true, undefined)
  now = 2_000
  t.equal(two.drains.set(name, false, undefined), false, 'nothing changes there')
  two.hear(...one.posted[0]!)
  t.equal(two.drains.of(name), undefined, 'the older word comes too late')
  one.hear(...two.posted[0]!)
  t.equal(one.drains.of(name), undefined)
})

t.test('of two words of one moment, both servers take the drain', async t => {
  const [one, two] = [server(), server()]
  t.intercept(Date, 'now', { value: () => 1_000 })
  one.drains.set(name, true, undefined)
  two.drains.set(name, false, undefined)
  two.hear(...one.posted[0]!)
  one.hear(...two.posted[0]!)
  t.ok(one.drains.of(name))
  t.ok(two.drains.of(name))
})

t.test('notices that cannot be read are ignored', async t => {
  const one = server()
  for (const text of ['', '{', '[]', '{"drained":"yes","at":1}', '{"drained":true,"at":-1}', 'null'])
    one.hear('drain/a', text)
  one.hear('drain/%', '{"drained":true,"at":1}')
  one.hear('provider/a', '{"drained":true,"at":1}')
  t.equal(one.changes(), 0)
  t.equal(one.drains.of('a'), undefined)
})

if (noRedis) t.pass('', { skip: noRedis })
else
  t.test('servers over one Redis drain together, also one that starts later', async t => {
    const redis = await RedisServer.start(t)
    const fake = await fakeProvider(t)
    const config = {
      approach: 'proxy',
      redis: { url: redis.url, timeout: 1 },
      routing: { health_check: { enabled: false } },
      providers: [{ name, base_url: fake.url, api_key: 'sk-test' }],
    }
    const ask = async (url: string) => {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(hello),
      })
      await response.text()
      return response.status
    }
    const tell = (url: string, action: string) =>
      fetch(`${url}/providers/${encodeURIComponent(name)}/${action}`, { method: 'POST' })
    const until = async (url: string, status: string) => {
      while (!(await (await fetch(`${url}/providers`)).text()).includes(`"status":"${status}"`));
    }
    const [one, two] = [await startHost(t, config), await startHost(t, config)]
    t.equal((await tell(one.url, 'drain')).status, 200)
    await until(two.url, 'drained')
    t.equal(await ask(two.url), 503)
    const three = await startHost(t, config)
    await until(three.url, 'drained')
    const [, longest] = /^:(\d+)/.exec(await redis.command('PTTL', 'hulumanage:notices'))!
    t.ok(Number(longest) > 86_400_000, `Redis keeps it for ${longest} ms`)
    t.equal((await tell(three.url, 'resume')).status, 200)
    for (const { url } of [one, two]) {
      await until(url, 'healthy')
      t.equal(await ask(url), 200)
    }
  })

t.test(
  'the answer to a drain counts the calls of all workers, also of one that has not heard of it',
  async t => {
    const provider = await fakeProvider(t)
    let other: Partial<ProviderReport> = {}
    const fleet: Fleet = {
      gather:
        (_question, own) =>
        async (...values) => {
          const mine = own(...values)
          if (!Array.isArray(mine)) return [mine]
          const theirs = (mine as ProviderReport[]).map(report => ({ ...report, ...other }))
          return [mine, theirs as typeof mine]
        },
    }
    const providers = [{ name: 'a', base_url: provider.url, api_key: 'key' }]
    const { url } = await startHost(t, { providers }, fleet)
    const tell = async (action: string) =>
      (await (await fetch(`${url}/providers/a/${action}`, { method: 'POST' })).json()) as ProviderReport
    other = { status: 'healthy', drained: null, active: 1 }
    t.match(await tell('drain'), { status: 'drained', drained: { by: null }, active: 1 })
    other = { status: 'drained', drained: { since: '2026-01-01T00:00:00.000Z', by: null }, active: 2 }
    t.match(await tell('resume'), { status: 'healthy', drained: null, active: 2 })
  },
)
