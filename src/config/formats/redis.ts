import type { ForeignMapping } from './foreign-mapping.ts'

const places = ['redis_url', 'redis_host'] as const
const details = ['redis_port', 'redis_password', 'redis_db', 'redis_ssl'] as const

/** Notes once, where a file names a Redis, that servers do not share their state; the details say no more. */
export function leaveRedis(theirs: ForeignMapping): void {
  for (const key of places) {
    theirs.leave(key, 'state shared over Redis is not supported yet; each server keeps its own')
  }
  for (const key of details) theirs.get(key)
}
