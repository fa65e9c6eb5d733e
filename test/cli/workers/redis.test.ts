import t from 'tap'
import { fakeProvider } from '../../fake-provider.ts'
import { noRedis, RedisServer } from '../../store/redis-server.ts'
import { askAll, get, serveTogether, skip, workersOf } from '../together.ts'

t.test(
  'no request to the workers of two servers fails, whatever happens to their Redis',
  {
    skip: skip || noRedis,
  },
  async t => {
    const redis = await RedisServer.start(t)
    const fake = await fakeProvider(t)
    const config = {
      redis: { url: redis.url, timeout: 0.2 },
      providers: [
        {
          name: 'a',
          base_url: fake.url,
          api_key: 'sk-test',
          max_concurrent: 4,
          rate_limit: { rpm: 100_000, tpm: 100_000_000 },
        },
      ],
      routing: { health_check: { enabled: false } },
      rate_limit: { requests: 100_000 },
      cache: { enabled: true },
    }
    const servers = [await serveTogether(t, config), await serveTogether(t, config)]
    const pids = servers.map(server => workersOf(server))
    const allAnswered = async (when: string) => {
      const statuses = await Promise.all(servers.map(({ url }) => askAll(url, 12)))
      t.strictSame(new Set(statuses.flat()), new Set([200]), when)
    }
    /** Resolves when a worker of each server says whether it reaches Redis. Others may notice later: no request may fail then either. */
    const saidBy = async (ok: boolean) => {
      for (const { url } of servers)
        while ((await get(`${url}/health`)).includes('"kind":"redis","ok":true') !== ok);
    }
    await saidBy(true)
    await allAnswered('well')
    redis.pause()
    await allAnswered('hangs')
    await saidBy(false)
    await allAnswered('away')
    redis.resume()
    await saidBy(true)
    await allAnswered('back')
    const asking = allAnswered('dies')
    await redis.kill()
    await asking
    await saidBy(false)
    await allAnswered('dead')
    await redis.restart()
    await saidBy(true)
    await allAnswered('back, with nothing in it')
    t.strictSame(
      servers.map(server => workersOf(server)),
      pids,
      'every worker has served all along',
    )
  },
)
