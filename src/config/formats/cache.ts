import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'
import { convertCacheRedis } from './redis.ts'

/** Converts `cache: true` of one section and `cache_params` of any; the parameters alone enable the cache as well. */
export function convertCache(
  switchedIn: ForeignMapping | undefined,
  cache: ForeignMapping | undefined,
  ours: Conversion,
): void {
  switchedIn?.move('cache', ['cache', 'enabled'])
  if (!cache) return
  if (switchedIn?.get('cache') === undefined) ours.put(['cache', 'enabled'], true, cache.path)
  cache.move('ttl', ['cache', 'ttl'])
  const namespace = cache.text('namespace')
  ours.put(['cache', 'namespace'], namespace?.replaceAll(/[^\w.-]/g, '-'), cache.at('namespace'))
  if (convertCacheRedis(cache, ours)) return
  for (const part of ['type', 'host', 'port', 'password']) {
    const isSame = cache.get(part) === switchedIn?.get(`redis_${part}`)
    const here = part === 'type' ? ('redis' in ours.tree ? 'redis' : 'local') : undefined
    if (!isSame)
      cache.omit(part, 'the cache has no separate store; it is kept with all other state', 'otherwise', here)
  }
}
