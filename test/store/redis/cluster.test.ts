import type { Test } from 'tap'
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { RedisHub } from '../../../src/store/redis/redis-hub.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { lease, leases } from '../borrowing.ts'
import { noRedis } from '../redis-server.ts'
import { startCluster } from '../redis-cluster.ts'
import type { RedisCluster } from '../redis-cluster.ts'
import { storeSuite } from '../suite.ts'
import { silentLog as log } from '../../silent-log.ts'

async function join(t: Test, { settings }: RedisCluster, namespace: string): Promise<SharedStore> {
  const hub = new RedisHub({ ...settings, timeoutMs: 5_000 }, namespace)
  const store = await SharedStore.open(hub, log)
  t.teardown(() => store.close())
  return store
}

/** Resolves when the store reports that it can reach Redis, or cannot. */
async function until(store: SharedStore, ok: boolean): Promise<void> {
  while (store.report().ok !== ok) {
    await new Promise<void>(resolve => {
      const stop = store.onRoom(() => {
        stop()
        resolve()
      })
    })
  }
}

if (noRedis) t.pass('', { skip: noRedis })
else {
  let spaces = 0
  const cluster = await startCluster(t, 'failover')
  storeSuite('a cluster', async t => {
    const namespace = `space${++spaces}`
    const [store, other] = [await join(t, cluster, namespace), await join(t, cluster, namespace)]
    return { store, other, pass: ms => sleep(ms) }
  })

  t.test('a cluster: values are at all of its nodes, and cleared at all', async t => {
    const { values } = await join(t, cluster, 'values')
    const keys = Array.from({ length: 100 }, (_, index) => `many:${index}`)
    await Promise.all(keys.map(key => values.set(key, Buffer.from(key), 60_000)))
    await values.clear('many:')
    const left = await Promise.all(keys.map(key => values.get(key)))
    t.same(left.filter(Boolean), [])
  })

  t.test('a cluster: when a master dies, nothing fails, and its successor has what is shared', async t => {
    const [one, two] = [await join(t, cluster, 'failover'), await join(t, cluster, 'failover')]
    t.equal(one.report().ok, true)
    for (const store of [one, two]) t.ok(await lease(store.leases('p'), 2))
    t.equal(await leases(two.leases('p'), 2, 1), 0)
    await cluster.killMaster()
    await Promise.all([until(one, false), until(two, false)])
    t.ok(await lease(one.leases('p'), 2), 'its own limit while nothing is shared')
    one.leases('p').give()
    await Promise.all([until(one, true), until(two, true)])
    t.notOk(await lease(one.leases('p'), 2), 'two still run of two that may')
  })
}
