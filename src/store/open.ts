import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import type { Store } from './store.ts'

/** Opens the store that the configuration names, if any. Its code is loaded only then. */
export async function openSharedStore({ redis }: Config, log: Logger): Promise<Store | undefined> {
  if (!redis) return undefined
  const [{ RedisHub }, { SharedStore }] = await Promise.all([
    import('./redis/redis-hub.ts'),
    import('./shared/shared-store.ts'),
  ])
  const { namespace, timeout, ...address } = redis
  const hub = new RedisHub({ ...address, timeoutMs: timeout * 1000 }, namespace)
  return await SharedStore.open(hub, log, namespace)
}
