import type { KnownKinds } from '../config/load/check-providers.ts'
import type { Kind } from '../providers/kind.ts'

/** What a configuration is checked against: a kind has an address of its own, or lives in the process, or needs one. */
export function knownKinds(kinds: readonly Kind[]): KnownKinds {
  return new Map(
    kinds.map(kind => [
      kind.name,
      { hasBaseUrl: kind.baseUrl !== undefined || kind.dispatcher !== undefined },
    ]),
  )
}
