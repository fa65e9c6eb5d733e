import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis'
import { decodePart, withoutLogin } from '../../text/address-login.ts'
import { sentinelOptions } from './sentinels.ts'

/** The place of the shared state, and how to reach it. */
export interface RedisSettings {
  /** A server, a node of a cluster, or, with sentinels, the name of a master in place of the host. */
  readonly url: string
  readonly password?: string | undefined
  /** URLs of sentinels, which know the address of Redis. */
  readonly sentinels?: readonly string[] | undefined
  /** Whether `url` is a node of a cluster. */
  readonly cluster?: boolean
  /** URLs of further nodes of the cluster. */
  readonly nodes?: readonly string[]
  /** Maximum milliseconds to an answer. */
  readonly timeoutMs: number
}

/** A client of one server, of the master that sentinels name, or of a cluster. */
export type Client = Redis | Cluster

/** Milliseconds to connect, handshake included. */
const connectMs = 1_000
/** Milliseconds for an abandoned connection to close. */
const closeMs = 50

/** Makes clients of these settings, which do not connect by themselves; `retry` returns the pause before the next attempt. */
export async function clientFactory(settings: RedisSettings): Promise<(retry: () => number) => Client> {
  const { Cluster, Redis } = await import('ioredis')
  const { url, cluster, nodes = [] } = settings
  // The library throws for a percent sign that encodes nothing.
  const addresses = [url, ...nodes].map(withoutLogin)
  if (cluster) return retry => new Cluster(addresses, clusterOptions(settings, retry))
  return retry => new Redis(withoutLogin(url), optionsOf(settings, retry))
}

/** The servers that hold keys: one, or all masters of a cluster. */
export function serversOf(client: Client): readonly Redis[] {
  return client.isCluster ? (client as Cluster).nodes('master') : [client as Redis]
}

/** Whether Redis has refused a command because its key holds a value of another type than any of ours. */
export function isOtherType(error: unknown): boolean {
  return error instanceof Error && /\bWRONGTYPE\b/.test(error.message)
}

function optionsOf(settings: RedisSettings, retryStrategy: () => number) {
  const { url, sentinels = [] } = settings
  return {
    ...sentinelOptions(url, sentinels, connectMs, retryStrategy),
    ...loginOf(settings),
    lazyConnect: true,
    protocol: 2 as const,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connectMs,
    commandTimeout: connectMs,
    disconnectTimeout: closeMs,
    retryStrategy,
  } satisfies RedisOptions
}

function clusterOptions(settings: RedisSettings, retry: () => number) {
  // Connections to the nodes of a cluster are replaced by the cluster.
  const { retryStrategy: _, ...options } = optionsOf(settings, retry)
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retry,
    slotsRefreshTimeout: connectMs,
    // Names of nodes must match their certificates.
    dnsLookup: (address, done) => done(null, address),
    redisOptions: options,
  } satisfies ClusterOptions
}

/** The parts of the URL that are true of every server behind it. */
function loginOf({ url, password: ownPassword }: RedisSettings) {
  const { protocol, username, password } = new URL(url)
  const secret = ownPassword || decodePart(password)
  return {
    ...(username !== '' && { username: decodePart(username) }),
    ...(secret !== '' && { password: secret }),
    ...(protocol === 'rediss:' && { tls: {} }),
  }
}
