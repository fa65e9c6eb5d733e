import type { ValueStore } from '../store.ts'
import { isOtherType, serversOf } from './client.ts'
import type { Client } from './client.ts'

/** Keys that one step of a scan visits. */
const scanBatch = 1_000

type Run = <T>(command: (redis: Client) => Promise<T>) => Promise<T>

/** Values in Redis, under exactly the keys given. Redis' own `maxmemory` limits their total size. */
export class RedisValues implements ValueStore {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return (await this.#run(redis => redis.getBuffer(key))) ?? undefined
    } catch (error) {
      if (isOtherType(error)) return undefined
      throw error
    }
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
    await this.#run(redis => redis.set(key, bytes, 'PX', Math.ceil(ttlMs)))
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#run(redis => unlink(redis, keys))
  }

  async clear(prefix: string): Promise<void> {
    const pattern = `${prefix.replaceAll(/[\\*?[\]^-]/g, '\\$&')}*`
    const servers = await this.#run(redis => Promise.resolve(serversOf(redis)))
    for (const server of servers) {
      let cursor = '0'
      do {
        const [next, keys] = await this.#run(() => server.scan(cursor, 'MATCH', pattern, 'COUNT', scanBatch))
        await this.#run(() => unlink(server, keys))
        cursor = next
      } while (cursor !== '0')
    }
  }
}

/** Deletes keys one by one, pipelined: those of a cluster need not be at the same node. */
async function unlink(redis: Client, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map(key => redis.unlink(key)))
}
