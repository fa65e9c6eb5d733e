import type { Test } from 'tap'
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import { RedisConnection } from '../../../src/store/redis/connection.ts'
import { RedisHub } from '../../../src/store/redis/redis-hub.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { lease, leases, until } from '../borrowing.ts'
import { noRedis } from '../redis-server.ts'
import { startCluster } from '../redis-cluster.ts'
import type { RedisCluster } from '../redis-cluster.ts'
import { storeSuite } from '../suite.ts'
import { silentLog as log } from '../../silent-log.ts'

interface Pool {
  findOrCreate: (node: { readonly host: string; readonly port: number }, readOnly: boolean) => unknown
}

async function join(t: Test, { settings }: RedisCluster, namespace: string): Promise<SharedStore> {
  const hub = new RedisHub({ ...settings, timeoutMs: 5_000 }, namespace)
  const store = await SharedStore.open(hub, log)
  t.teardown(() => store.close())
  // It starts without a cluster that is slow to answer.
  await until(store, true)
  return store
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

  t.test(
    'a cluster: a node that is learned of while connections close does not keep them closed',
    async t => {
      const { settings } = cluster
      const ups: (() => void)[] = []
      const nextUp = () => new Promise<void>(resolve => ups.push(resolve))
      const onUp = async () => ups.splice(0).forEach(resolve => resolve())
      const listener = { onUp, onDown: () => {}, onMessage: () => {} }
      const up = nextUp()
      const connection = await RedisConnection.create({ ...settings, timeoutMs: 5_000 }, 'learned', listener)
      t.teardown(() => connection.close())
      await Promise.all([connection.connect(), up])
      let learned = 0
      const disconnect = Reflect.get(Cluster.prototype, 'disconnect')
      t.teardown(() => Object.assign(Cluster.prototype, { disconnect }))
      // An answer about the slots that comes now adds its nodes.
      Object.assign(Cluster.prototype, {
        disconnect(this: Cluster, reconnect?: boolean) {
          disconnect.call(this, reconnect)
          if (learned++ > 0) return
          const pool = Reflect.get(this, 'connectionPool') as Pool
          pool.findOrCreate({ host: '127.0.0.1', port: Number(new URL(settings.url).port) }, false)
        },
      })
      const again = nextUp()
      await t.rejects(connection.run(() => Promise.reject(new Error('lost'))))
      await again
      t.ok(learned > 2, 'one of the two disconnected twice')
    },
  )

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
