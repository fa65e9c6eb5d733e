import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import type { Store } from './store.ts'

/** The store that the configuration names; undefined where each server has its own. Loaded only where it is wanted. */
export async function openSharedStore({ redis }: Config, log: Logger): Promise<Store | undefined> {
  if (!redis) return undefined
  const [{ RedisCenter }, { SharedStore }] = await Promise.all([
    import('./redis/redis.ts'),
    import('./shared/shared.ts'),
  ])
  const { url, password, namespace, timeout } = redis
  return await SharedStore.open(new RedisCenter({ url, password, timeoutMs: timeout * 1000 }, namespace), log)
}
