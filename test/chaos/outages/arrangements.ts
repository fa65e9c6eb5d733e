import type { Owner } from '../../fake-provider/ports.ts'
import { startCluster } from '../../store/redis-cluster.ts'
import { masterName, RedisServer, startSentinel } from '../../store/redis-server.ts'

/** A fault of Redis. `end` repairs what does not recover by itself. */
export interface Outage {
  readonly name: string
  readonly begin: () => void | Promise<void>
  readonly end?: () => void | Promise<void>
  /** Whether its successor takes over before `end`. */
  readonly isReplaced?: boolean
}

/** One of the ways to run Redis, with the faults that it must survive. */
export interface Arrangement {
  /** The section `redis` of a configuration. */
  readonly settings: object
  readonly outages: readonly Outage[]
}

const namespace = 'outages'

async function alone(owner: Owner): Promise<Arrangement> {
  const redis = await RedisServer.start(owner)
  return {
    settings: { url: redis.url },
    outages: [
      { name: 'hangs', begin: () => redis.pause(), end: () => redis.resume() },
      { name: 'dies', begin: () => redis.kill(), end: () => redis.restart() },
      { name: 'restarts', begin: () => redis.restart() },
    ],
  }
}

async function withSentinels(owner: Owner): Promise<Arrangement> {
  // Once replaced, it becomes a replica, which must write nothing into this folder.
  const master = await RedisServer.start(owner, '--repl-diskless-load', 'swapdb')
  const replica = await RedisServer.startReplica(owner, master)
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(owner, master, 2)))
  return {
    settings: { url: `redis://${masterName}`, sentinels },
    outages: [
      {
        name: 'has a master that hangs until it is replaced',
        isReplaced: true,
        begin: () => master.pause(),
        end: () => master.resume(),
      },
      { name: 'loses its second master', begin: () => replica.kill() },
    ],
  }
}

async function asCluster(owner: Owner): Promise<Arrangement> {
  const { settings, killMaster, killOther } = await startCluster(owner, namespace, false)
  return {
    settings: { ...settings, namespace },
    outages: [
      { name: 'loses the node that has what is shared', begin: killMaster },
      { name: 'loses another node', begin: killOther },
    ],
  }
}

/** Starts each arrangement, by its name. */
export const arrangements = { alone, 'with sentinels': withSentinels, 'as a cluster': asCluster }
