import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import { pino } from 'pino'
import { RedisHub } from '../../../src/store/redis/redis-hub.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { noRedis, RedisServer } from '../redis-server.ts'
import { storeSuite } from '../suite.ts'

const log = pino({ level: 'silent' })
let spaces = 0

async function join(
  t: Test,
  server: RedisServer,
  namespace: string,
  timeoutMs = 5_000,
): Promise<SharedStore> {
  const store = await SharedStore.open(new RedisHub({ url: server.url, timeoutMs }, namespace), log)
  t.teardown(() => store.close())
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
}
