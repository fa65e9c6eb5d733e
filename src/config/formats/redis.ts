import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'
import { convertText } from '../text-values.ts'
import { isMapping } from '../tree.ts'

const defaultPort = 6379

/** Converts the Redis of a section, given as `redis_url` or as `redis_host` with its details. */
export function convertRedis(theirs: ForeignMapping, ours: Conversion): void {
  const url = theirs.text('redis_url')
  const host = theirs.text('redis_host')
  const [port, db] = [textOf(theirs.get('redis_port')), textOf(theirs.get('redis_db'))]
  const built =
    host === undefined
      ? undefined
      : `${schemeOf(theirs, 'redis_ssl', ours)}://${host}:${port ?? defaultPort}${db === undefined ? '' : `/${db}`}`
  putRedis(url ?? built, theirs, url === undefined ? 'redis_host' : 'redis_url', 'redis_password', ours)
}

/**
 * Converts the Redis of a cache, which then holds all shared state, unless another one is configured already. Returns
 * whether the cache is kept there.
 */
export function convertCacheRedis(cache: ForeignMapping, ours: Conversion): boolean {
  const host = cache.text('host')
  if (host === undefined) return false
  const url = `${schemeOf(cache, 'ssl', ours)}://${host}:${textOf(cache.get('port')) ?? defaultPort}`
  if ('redis' in ours.tree) return isSame(cache, url, ours.tree['redis'])
  putRedis(url, cache, 'host', 'password', ours)
  if (cache.get('type') !== 'redis') cache.omit('type', 'servers can share state only through Redis', 'lost')
  return true
}

/** Whether the Redis of a cache is the one that is configured already. */
function isSame(cache: ForeignMapping, url: string, configured: unknown): boolean {
  if (!isMapping(configured) || configured['url'] !== url) return false
  if (configured['password'] !== cache.get('password')) return false
  return cache.get('type') === 'redis'
}

function putRedis(
  url: string | undefined,
  theirs: ForeignMapping,
  place: string,
  password: string,
  ours: Conversion,
): void {
  const secret = theirs.get(password)
  if (url === undefined) return
  ours.put(['redis', 'url'], url, theirs.at(place))
  ours.put(['redis', 'password'], secret, theirs.at(password))
}

/** The scheme for a connection, with or without TLS. A reference has no value yet, and a guess might reveal a password. */
function schemeOf(theirs: ForeignMapping, key: string, ours: Conversion): string {
  const value = theirs.get(key)
  const isTls = typeof value === 'boolean' ? value : convertText(textOf(value) ?? '', 'boolean')
  const hint = 'write true for TLS: whether the connection is encrypted must not depend on a reference'
  if (isTls === undefined) ours.report(theirs.at(key), 'expected true or false', hint)
  theirs.omit(`${key}_cert_reqs`, 'certificates are always verified', 'otherwise', 'required')
  return isTls === true ? 'rediss' : 'redis'
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined
}
