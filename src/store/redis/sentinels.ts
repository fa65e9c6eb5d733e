import type { RedisOptions } from 'ioredis'
import { decodePart } from '../../text/address-login.ts'

const defaultPort = 26_379

/**
 * The options of a connection to the master that sentinels name; none without sentinels. The host of the URL is then the name
 * under which they know it. `timeoutMs`: to an answer of a sentinel.
 */
export function sentinelOptions(
  url: string,
  sentinels: readonly string[],
  timeoutMs: number,
  retry: () => number,
): Omit<RedisOptions, 'protocol' | 'replyMapping'> {
  if (sentinels.length === 0) return {}
  const { hostname, protocol } = new URL(url)
  const addresses = sentinels.map(address => new URL(address))
  const { username, password } = addresses.find(one => one.password !== '') ?? { username: '', password: '' }
  return {
    name: decodePart(hostname),
    sentinels: addresses.map(one => ({
      host: one.hostname.replaceAll(/^\[|\]$/g, ''),
      port: one.port === '' ? defaultPort : Number(one.port),
    })),
    ...(username !== '' && { sentinelUsername: decodePart(username) }),
    ...(password !== '' && { sentinelPassword: decodePart(password) }),
    ...(addresses.some(one => one.protocol === 'rediss:') && { sentinelTLS: {} }),
    enableTLSForSentinelMode: protocol === 'rediss:',
    sentinelCommandTimeout: timeoutMs,
    sentinelRetryStrategy: retry,
  }
}
