import type { Redis } from 'ioredis'
import type { ValueStore } from '../store.ts'

/** Keys that one step of a scan visits. */
const scanBatch = 1_000

type Run = <T>(command: (redis: Redis) => Promise<T>) => Promise<T>

/** Values in Redis, under exactly the keys given. Redis' own `maxmemory` limits their total size. */
export class RedisValues implements ValueStore {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.#run(redis => redis.getBuffer(key))) ?? undefined
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
    await this.#run(redis => redis.set(key, bytes, 'PX', Math.ceil(ttlMs)))
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#run(redis => redis.unlink(...keys))
  }

  async clear(prefix: string): Promise<void> {
    const pattern = `${prefix.replaceAll(/[\\*?[\]^-]/g, '\\$&')}*`
    let cursor = '0'
    do {
      const [next, keys] = await this.#run(redis => redis.scan(cursor, 'MATCH', pattern, 'COUNT', scanBatch))
      if (keys.length > 0) await this.#run(redis => redis.unlink(...keys))
      cursor = next
    } while (cursor !== '0')
  }
}
