import type { KnownKinds } from '../config/load/check-providers.ts'
import type { Kind } from '../providers/kind.ts'

/**
 * The kinds a configuration is checked against. A kind needs no `base_url` if it has its own or runs in the process.
 */
export function knownKinds(kinds: readonly Kind[]): KnownKinds {
  return new Map(
    kinds.map(kind => [
      kind.name,
      { hasBaseUrl: kind.baseUrl !== undefined || kind.dispatcher !== undefined },
    ]),
  )
}
