import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { UpstreamErrorBody } from '../../contract/index.ts'
import type { WithoutSeals } from '../translation.ts'

type Json = Readonly<Record<string, unknown>>

/** Messages of services that cannot read data sealed or signed for another service or account. */
const unreadable =
  /encrypted[ _]content|thought[ _]signature|invalid .{0,3}signature|signature.{0,40}(?:invalid|not valid)/i

const memoryMs = 86_400_000

/**
 * Thoughts that a service has refused because it cannot read them: they came from another service or account, before
 * the conversation moved here. They are left out of later calls, since the conversation would be refused in every turn.
 */
export class RefusedSeals {
  // Not as `max`, for which lru-cache allocates all of the memory at once, for each provider.
  readonly #refused = new LRUCache<string, true>({ maxSize: 10_000, sizeCalculation: () => 1, ttl: memoryMs })
  readonly #without: WithoutSeals
  /** Whether nothing was refused. */
  none = true

  /** `without` leaves thoughts out of a body of the service's API. */
  constructor(without: WithoutSeals) {
    this.#without = without
  }

  /** Remembers the thoughts in a body that was refused because of them; false if all were known. */
  remember({ message, code }: UpstreamErrorBody, sent: () => object): boolean {
    if (code !== 'invalid_encrypted_content' && !unreadable.test(message)) return false
    // A model that seals nothing says so about every request for it.
    if (/(?:not|n't) support/i.test(message)) return false
    const fresh = new Set<string>()
    this.#without(sent() as Json, seal => {
      const digest = digestOf(seal)
      if (!this.#refused.has(digest)) fresh.add(digest)
      return true
    })
    for (const digest of fresh) this.#refused.set(digest, true)
    if (fresh.size > 0) this.none = false
    return fresh.size > 0
  }

  /** The body without these thoughts; the same object if nothing was refused. */
  apply<T extends Json>(body: T): T | Json {
    return this.none ? body : this.#without(body, seal => this.#refused.has(digestOf(seal)))
  }
}

function digestOf(seal: string): string {
  return hash('sha256', seal, 'base64url').slice(0, 22)
}
