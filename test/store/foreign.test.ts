import type { Test } from 'tap'
import t from 'tap'
import { slotMs } from '../../src/store/minute.ts'
import { heartbeatMs } from '../../src/store/hub.ts'
import { RedisHub } from '../../src/store/redis/redis-hub.ts'
import { SharedStore } from '../../src/store/shared/shared-store.ts'
import { silentLog as log } from '../silent-log.ts'
import { draw, lease, leases, until } from './borrowing.ts'
import { noRedis, RedisServer } from './redis-server.ts'

// Values that somebody else writes to Redis, by mistake or on purpose.

async function join(t: Test, { url }: RedisServer): Promise<SharedStore> {
  const store = await SharedStore.open(new RedisHub({ url, timeoutMs: 30_000 }, 'space'), log)
  t.teardown(() => store.close())
  // It starts without a Redis that is slow to answer.
  await until(store, true)
  return store
}

/** Milliseconds until a key expires; negative without an end. */
async function expiry(redis: RedisServer, key: string): Promise<number> {
  return Number((await redis.command('PTTL', `space:${key}`)).slice(1))
}

if (noRedis) t.pass('', { skip: noRedis })
else {
  t.test('a key of another type is replaced alone: what other keys count still limits', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    t.equal(await leases(one.leases('p'), 4, 2), 2)
    t.equal(await leases(two.leases('p'), 4, 1), 1)
    await redis.command('DEL', 'space:queue:p')
    await redis.command('SET', 'space:queue:p', 'theirs')
    t.equal(await leases(two.leases('p'), 4, 4), 1, 'four in all')
    let type: string
    do {
      // A peer that is refused leaves the queue after a while, unless it asks again.
      t.notOk(await lease(one.leases('p'), 4))
      type = await redis.command('TYPE', 'space:queue:p')
    } while (type === '+none\r\n')
    t.equal(type, '+hash\r\n')
    t.ok(one.report().ok && two.report().ok)
  })

  t.test('leases outlive the set of peers, until those who hold them could say that they live', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    for (const [name, ...command] of [
      ['a', 'SET', 'space:peers', 'theirs'],
      ['b', 'DEL', 'space:peers'],
    ] as const) {
      t.equal(await leases(one.leases(name), 4, 3), 3)
      await redis.command(...command)
      t.equal(await leases(two.leases(name), 4, 4), 1, 'four in all')
      t.equal(await redis.command('TYPE', 'space:peers'), '+zset\r\n')
    }
  })

  t.test('leases of a peer that ended are free once the others could say that they live', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    await redis.command('DEL', 'space:peers')
    await redis.command('HSET', 'space:leases:p', 'ended', '3')
    t.equal(await leases(one.leases('p'), 4, 1), 1)
    const seconds = /\r\n(\d{10})\r\n/.exec(await redis.command('TIME'))![1]!
    const [, ends] = /\r\n(\d{13})\r\n/.exec(await redis.command('ZSCORE', 'space:peers', '*'))!
    t.ok(Number(ends) < Number(seconds) * 1_000 + 4 * heartbeatMs)
    await redis.command('ZADD', 'space:peers', '1', '*')
    t.equal(await leases(two.leases('p'), 4, 4), 3)
  })

  t.test('leases are free as soon as their peer leaves, also if it was the last', async t => {
    const redis = await RedisServer.start(t)
    for (const others of [0, 1]) {
      for (let count = 0; count < others; count++) await join(t, redis)
      const before = await join(t, redis)
      t.ok(await lease(before.leases('p'), 1))
      await before.close()
      const after = await join(t, redis)
      t.ok(await lease(after.leases('p'), 1), `${others} others`)
      await after.close()
    }
    t.ok((await expiry(redis, 'peers')) > 0, 'the set of peers ends, too')
  })

  t.test('no figure in Redis limits a call for longer than one that was counted', async t => {
    const redis = await RedisServer.start(t)
    const store = await join(t, redis)
    const now = Math.floor(Date.now() / slotMs)
    for (const [slot, amount] of [
      [now, '1e300'],
      [now + 1_000_000, '5'],
      [now - 0.5, '5'],
      [now, '-1e300'],
    ] as const) {
      await redis.command('DEL', 'space:budget:b')
      await redis.command('HSET', 'space:budget:b', String(slot), amount)
      const budget = store.budget('b')
      budget.resize(1)
      t.ok(await draw(budget, 1), `${amount} in ${slot - now}`)
      await store.windows.count('a', 60_000)
      budget.resize(1)
      t.notOk(await draw(budget, 1), 'what was used counts')
    }

    for (const sum of ['1e300', '-1e300', 'inf', 'nan', '0x7ffffffffffffff']) {
      await redis.command('SET', 'space:account:c', sum)
      t.equal(await store.accounts.charge('c', 3, 5, 60_000), 0, sum)
      t.equal(await store.accounts.charge('c', 3, 5, 60_000), 3)
    }
    for (const [key, value] of [
      ['account:c', '7'],
      ['window:a', '7'],
    ] as const) {
      for (const ends of [[], ['PX', '99999999999']]) {
        await redis.command('SET', `space:${key}`, value, ...ends)
        if (key === 'account:c') t.equal(await store.accounts.charge('c', 1, 5, 60_000), 7)
        else {
          const { count, endsInMs } = await store.windows.count('a', 60_000)
          t.equal(count, 8)
          t.ok(endsInMs <= 60_000)
        }
        const ms = await expiry(redis, key)
        t.ok(ms > 0 && ms <= 60_000, `${key} expires in ${ms} ms`)
      }
    }
    t.ok(store.report().ok)
  })

  t.test('no figure in Redis holds leases without end, or grants more than there are', async t => {
    const redis = await RedisServer.start(t)
    const [one, two] = [await join(t, redis), await join(t, redis)]
    await redis.command('ZADD', 'space:peers', 'inf', 'theirs')
    await redis.command('HSET', 'space:leases:p', 'theirs', '-1e9', 'alike', '1e300')
    await redis.command('HSET', 'space:queue:p', 'theirs', '0 99999999999999')
    t.equal(await leases(one.leases('p'), 2, 3), 2)
    t.notOk(await lease(two.leases('p'), 2))
    const [, mine] = /\r\n([\da-f-]{36})\r\n/.exec(await redis.command('HKEYS', 'space:leases:p'))!
    await redis.command('HSET', 'space:leases:p', mine!, 'many')
    one.leases('p').give()
    await one.close()
    const three = await join(t, redis)
    t.match(await redis.command('ZRANGEBYSCORE', 'space:peers', '99999999999999', '+inf'), '*0')
    t.equal(await leases(three.leases('p'), 2, 3), 2)
    t.ok(two.report().ok && three.report().ok)
  })

  t.test('an account that was lost is not credited with what was reserved in it', async t => {
    const redis = await RedisServer.start(t)
    const { accounts } = await join(t, redis)
    await accounts.charge('c', 5, 10, 60_000)
    await redis.command('DEL', 'space:account:c')
    await accounts.charge('c', -5, Infinity, 60_000)
    t.equal(await accounts.charge('c', 1, 10, 60_000), 0)
  })
}
