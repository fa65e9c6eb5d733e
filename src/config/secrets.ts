import type { Path } from './problems.ts'

/** Whether the value at a path of the configuration must not be shown. The URL of Redis may contain its password. */
export function isSecret(path: Path): boolean {
  if (path.join('.') === 'redis.url') return true
  return path.some(part =>
    /(^|_)(keys?|tokens?|secrets?|passwords?|headers|authorization|credentials?)$/i.test(String(part)),
  )
}
