import type { RedisServer } from '../../store/redis-server.ts'
import type { Random } from '../random.ts'
import { jsonText, oddValue } from './values.ts'

/** Replaces the contents of one key of the server's in Redis, or of one that it may look for. */
export async function mutateStore(random: Random, redis: RedisServer): Promise<void> {
  const found = await redis.command('KEYS', 'hulumanage:*')
  const keys = [...found.matchAll(/hulumanage:[^\r\n]+/g)].map(([key]) => key)
  const key = random.pick(keys.length > 0 ? keys : ['hulumanage:tallies'])
  const value = jsonText(oddValue(random))
  const field = random.pick(['1', 'n:requests', 'r5', 'alike', '__proto__', ''])
  const score = random.pick(['0', '-1', 'inf', '-inf', '1e300', '99999999999999'])
  const write = random.pick([
    ['SET', key, value],
    ['SET', key, value, 'PX', '20'],
    ['HSET', key, field, value],
    ['ZADD', key, score, value],
    ['RPUSH', key, value],
    ['SADD', key, value],
  ])
  // Most often under another type: what was there is gone.
  if (random.chance(0.7)) await redis.command('DEL', key)
  if (random.chance(0.9)) await redis.command(...write)
  // A notice reaches every server at once.
  if (random.chance(0.3)) await redis.command('PUBLISH', 'hulumanage:events', value)
}
