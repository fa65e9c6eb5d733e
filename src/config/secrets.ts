import type { Path } from './problems.ts'

/** Whether what stands at a place of the configuration must not be shown. The URL of Redis may hold its password. */
export function isSecret(path: Path): boolean {
  if (path.join('.') === 'redis.url') return true
  return path.some(part =>
    /(^|_)(keys?|tokens?|secrets?|passwords?|headers|authorization|credentials?)$/i.test(String(part)),
  )
}
