import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import { RedisHub } from '../../../src/store/redis/redis-hub.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { noRedis, RedisServer } from '../redis-server.ts'
import { slotMs } from '../../../src/store/minute.ts'
import { draw, said, until } from '../borrowing.ts'
import { storeSuite } from '../suite.ts'
import { silentLog as log } from '../../silent-log.ts'

let spaces = 0

async function join(
  t: Test,
  server: RedisServer,
  namespace: string,
  timeoutMs = 5_000,
): Promise<SharedStore> {
  const store = await SharedStore.open(new RedisHub({ url: server.url, timeoutMs }, namespace), log)
  t.teardown(() => store.close())
  // It starts without a Redis that is slow to answer.
  await until(store, true)
  return store
}

if (noRedis) t.pass('', { skip: noRedis })
else {
  const server = await RedisServer.start(t)
  storeSuite('redis', async t => {
    const namespace = `space${++spaces}`
    const [store, other] = [await join(t, server, namespace), await join(t, server, namespace)]
    return { store, other, pass: ms => sleep(ms) }
  })

  t.test('redis: a budget counts what was used in the last minute, and nothing older', async t => {
    const store = await join(t, server, 'ages')
    const use = (budget: string, age: number, amount: number) =>
      server.command(
        'HSET',
        `ages:budget:${budget}`,
        String(Math.floor((Date.now() - age) / slotMs)),
        String(amount),
      )
    await use('p', 90_000, 500)
    await use('p', 40_000, 3)
    await use('p', 10_000, 6)
    const budget = store.budget('p')
    budget.resize(10)
    t.ok(await draw(budget, 1))
    t.notOk(await draw(budget, 2), 'all ten are used')
    const waitMs = budget.readyIn(2, performance.now())!
    t.ok(waitMs < 25_000, `the three of 40 s ago are free in ${waitMs} ms`)
    await use('q', 90_000, 500)
    await use('q', 20_000, 6)
    const other = store.budget('q')
    other.resize(10)
    other.settle(500, 0, 0, 90_000)
    await said(store)
    t.notOk(await draw(other, 5), 'what no longer counts is not taken off the rest')
    other.settle(4, 0, 0, 20_000)
    await said(store)
    t.ok(await draw(other, 8))
    t.notOk(await draw(other, 1))
  })
}
