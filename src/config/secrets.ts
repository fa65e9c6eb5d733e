import type { Path } from './problems.ts'

/** Whether what stands at a place of the configuration must not be shown. */
export function isSecret(path: Path): boolean {
  return path.some(part =>
    /(^|_)(keys?|tokens?|secrets?|passwords?|headers|authorization|credentials?)$/i.test(String(part)),
  )
}
