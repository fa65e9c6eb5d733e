import type { Test } from 'tap'
import t from 'tap'
import { RedisHub } from '../../src/store/redis/redis-hub.ts'
import { SharedStore } from '../../src/store/shared/shared-store.ts'
import { awaitLease, draw, lease, leases, said, until } from './borrowing.ts'
import { noRedis, RedisServer } from './redis-server.ts'
import { silentLog as log } from '../silent-log.ts'

async function open(t: Test, { url }: RedisServer, timeoutMs = 30_000): Promise<SharedStore> {
  const store = await SharedStore.open(new RedisHub({ url, timeoutMs }, 'space'), log)
  t.teardown(() => store.close())
  return store
}

/** Opens a store, and waits until it shares: it starts without a Redis that is slow to answer. */
async function join(t: Test, redis: RedisServer, timeoutMs?: number): Promise<SharedStore> {
  const store = await open(t, redis, timeoutMs)
  await until(store, true)
  return store
}

/** Takes all leases, one for each store. */
async function useUp(stores: readonly SharedStore[]): Promise<void> {
  for (const store of stores) await lease(store.leases('p'), stores.length)
}

if (noRedis) t.pass('', { skip: noRedis })
else {
  t.test('a store starts without Redis, uses its own state, and shares it once Redis is up', async t => {
    const redis = await RedisServer.start(t)
    await redis.kill()
    const [one, two] = [await open(t, redis), await open(t, redis)]
    t.equal(one.report().ok, false)
    t.equal(await leases(one.leases('p'), 2, 5), 2, 'its own limit')
    t.equal(await leases(two.leases('p'), 2, 5), 2)
    t.match(await one.windows.count('a', 60_000), { count: 1 })
    one.tallies.share(() => ({ requests: 7 }))
    one.notices.post('topic', 'text', 60_000)
    t.strictSame(await one.tallies.totals(), { requests: 7 })
    t.equal(await one.values.get('key'), undefined)
    await one.values.set('key', Buffer.from('x'), 1_000)

    const heard: string[] = []
    two.notices.subscribe((topic, text) => heard.push(`${topic}: ${text}`))
    await redis.restart()
    await Promise.all([until(one, true), until(two, true)])
    t.strictSame(await two.tallies.totals(), { requests: 7 })
    while (heard.length === 0) await two.windows.count('a', 60_000)
    t.strictSame(heard.slice(0, 1), ['topic: text'])
    one.leases('p').give()
    t.notOk(await lease(one.leases('p'), 2), 'three still run of two that may')
  })

  t.test('if Redis comes back empty, leases, totals and notices are restored, and no call fails', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    one.tallies.share(() => ({ requests: 3 }))
    two.tallies.share(() => ({ requests: 4 }))
    await useUp([one, two])
    t.notOk(await lease(one.leases('p'), 2))
    await one.tallies.totals()
    t.strictSame(await two.tallies.totals(), { requests: 7 })
    one.notices.post('topic', 'text', 60_000)
    for (const store of [one, two]) {
      store.budget('b').resize(10)
      t.ok(await draw(store.budget('b'), 4))
    }

    await redis.kill()
    t.ok(await draw(one.budget('b'), 0), 'nothing fails')
    await until(one, false)
    t.ok(await draw(one.budget('b'), 1))
    t.ok(await lease(one.leases('p'), 2), 'its own limit')
    one.leases('p').give()

    await redis.restart()
    await Promise.all([until(one, true), until(two, true)])
    t.notOk(await lease(one.leases('p'), 2))
    t.notOk(await lease(two.leases('p'), 2))
    await said(one)
    t.notOk(await draw(two.budget('b'), 2), 'nine of ten were used within a minute')
    t.ok(await draw(two.budget('b'), 1))
    t.strictSame(await one.tallies.totals(), await two.tallies.totals())
    t.strictSame(await one.tallies.totals(), { requests: 7 })
    const three = await join(t, redis)
    const text = await new Promise(resolve => three.notices.subscribe((_topic, text) => resolve(text)))
    t.equal(text, 'text')
  })

  t.test('one missing reply marks a hanging Redis as away', async t => {
    const redis = await RedisServer.start(t)
    const store = await join(t, redis, 200)
    store.budget('b').resize(10)
    redis.pause()
    const answers = await Promise.all([
      store.windows.count('a', 60_000),
      lease(store.leases('p'), 3),
      draw(store.budget('b'), 4),
      store.tallies.totals(),
    ])
    t.match(answers, [{ count: 1 }, true, true, {}])
    t.equal(store.report().ok, false)
    t.ok(await lease(store.leases('p'), 3), 'no further wait')
    redis.resume()
    await until(store, true)
    t.match(await store.windows.count('b', 60_000), { count: 1 })
    store.leases('p').give()
    t.ok(await lease(store.leases('p'), 2))
    t.notOk(await draw(store.budget('b'), 8), 'what was used meanwhile counts')
  })

  t.test('a server without a call that waits leaves the queue', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    t.ok(await lease(one.leases('p'), 1))
    // It asks until it is seen to wait: on a busy machine it has left again by the time that Redis is asked.
    do t.notOk(await lease(two.leases('p'), 1))
    while ((await redis.command('HLEN', 'space:queue:p')) !== ':1\r\n')
    while ((await redis.command('EXISTS', 'space:queue:p')) !== ':0\r\n') continue
    one.leases('p').give()
    t.ok(await awaitLease(two, 'p', 1), 'and is served as before')
  })

  t.test('a Redis that refuses writes is away', async t => {
    const redis = await RedisServer.start(t)
    const store = await join(t, redis)
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    t.match(await store.windows.count('a', 60_000), { count: 1 })
    t.ok(await lease(store.leases('p'), 1))
    t.equal(store.report().ok, false)
    await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    await until(store, true)
    t.ok(await lease(store.leases('q'), 1))
  })

  t.test('broken data in Redis is ignored', async t => {
    const redis = await RedisServer.start(t)
    const store = await join(t, redis)
    const heard: string[] = []
    store.notices.subscribe((topic, text) => heard.push(`${topic}: ${text}`))
    for (const message of ['', '{', '[]', '7', '{"kind":"posted","by":"x"}', '{"kind":"new","by":"x"}'])
      await redis.command('PUBLISH', 'space:events', message)
    await redis.command('HSET', 'space:notices', 'topic', 'nonsense')
    await redis.command('HSET', 'space:tallies', 'n:requests', 'many', 'other', '7')
    await redis.command('HSET', 'space:queue:p', 'somebody', 'nonsense')
    await redis.command('HSET', 'space:budget:b', 'used', 'much', 'at', 'once')
    await redis.command('SET', 'space:window:a', 'often')
    t.strictSame(await store.tallies.totals(), {})
    store.tallies.share(() => ({ requests: 2 }))
    t.strictSame(await store.tallies.totals(), { requests: 2 })
    t.ok(await lease(store.leases('p'), 1))
    store.budget('b').resize(1)
    t.ok(await draw(store.budget('b'), 1))
    await redis.command('HSET', 'space:budget:endless', '9999999999999', '1e999', 'at', '0')
    store.budget('endless').resize(1)
    t.ok(await draw(store.budget('endless'), 1))
    t.match(await store.windows.count('a', 60_000), { count: 1 })
    t.equal(store.report().ok, true)
    const other = await join(t, redis)
    t.strictSame(heard, [])
    other.notices.post('topic', 'text', 60_000)
    while (heard.length === 0) await other.windows.count('a', 60_000)
    t.strictSame(heard, ['topic: text'])
  })

  t.test('keys of another type in Redis are replaced', async t => {
    const redis = await RedisServer.start(t)
    const store = await join(t, redis)
    const names = ['peers', 'leases:p', 'queue:p', 'budget:b', 'window:a', 'account:c', 'tallies', 'notices']
    for (const name of names) {
      await redis.command('DEL', `space:${name}`)
      await redis.command('RPUSH', `space:${name}`, 'theirs')
    }
    await redis.command('RPUSH', 'space:value', 'theirs')
    store.budget('b').resize(1)
    store.tallies.share(() => ({ requests: 2 }))
    store.notices.post('topic', 'text', 60_000)
    t.ok(await lease(store.leases('p'), 1))
    t.ok(await draw(store.budget('b'), 1))
    t.match(await store.windows.count('a', 60_000), { count: 1 })
    t.equal(await store.accounts.charge('c', 3, 5, 60_000), 0)
    t.equal(await store.accounts.charge('c', 1, 5, 60_000), 3)
    t.strictSame(await store.tallies.totals(), { requests: 2 })
    t.equal(await store.values.get('space:value'), undefined)
    t.equal(store.report().ok, true)
    const other = await join(t, redis)
    t.notOk(await lease(other.leases('p'), 1), 'what is written now is shared')
    const text = await new Promise(resolve => other.notices.subscribe((_topic, text) => resolve(text)))
    t.equal(text, 'text')
  })

  t.test('an amount of any size does not count as a failure of Redis', async t => {
    const store = await join(t, await RedisServer.start(t))
    const budget = store.budget('b')
    budget.resize(1_000)
    t.ok(await draw(budget, Number.MAX_SAFE_INTEGER * 16))
    t.notOk(await draw(budget, 1))
    t.equal(store.report().ok, true)
  })

  t.test('the leases of a dead peer become free', async t => {
    const redis = await RedisServer.start(t)
    const store = await join(t, redis)
    await redis.command('HSET', 'space:leases:p', 'dead', '3')
    await redis.command('ZADD', 'space:peers', '1000', 'dead')
    t.equal(await leases(store.leases('p'), 3, 5), 3)
  })

  t.test('closing a store returns all its leases', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    t.equal(await leases(one.leases('p'), 3, 3), 3)
    await one.close()
    t.equal(await leases(two.leases('p'), 3, 3), 3)
  })
}
