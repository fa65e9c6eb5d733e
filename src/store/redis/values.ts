import type { Redis } from 'ioredis'
import type { ValueStore } from '../store.ts'

/** Keys that one step of a search looks at. */
const searched = 1_000

type Run = <T>(command: (redis: Redis) => Promise<T>) => Promise<T>

/** Values in Redis, under the keys they are given. Their room is what Redis itself is given (`maxmemory`). */
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

  async clear(prefix: string): Promise<void> {
    const pattern = `${prefix.replaceAll(/[\\*?[\]^-]/g, '\\$&')}*`
    let cursor = '0'
    do {
      const [next, keys] = await this.#run(redis => redis.scan(cursor, 'MATCH', pattern, 'COUNT', searched))
      if (keys.length > 0) await this.#run(redis => redis.unlink(...keys))
      cursor = next
    } while (cursor !== '0')
  }
}
