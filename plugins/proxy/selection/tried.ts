import type { Member } from '../pool/member.ts'

/** A provider that gets the call as soon as the store has confirmed room for it. */
export interface Pending {
  readonly member: Member
  /** Why it is asked again, if it was asked before. */
  readonly repeat: string | undefined
}

/** The providers that one call was sent to, and those it has given up waiting for. */
export class Tried {
  readonly #asked: Member[] = []
  /** The ones of them that are not to be asked again. */
  readonly #done: Member[] = []
  #skipped: readonly Member[] = []
  pending: Pending | undefined

  /** Providers asked so far, each counted once. */
  get count(): number {
    return this.#asked.length
  }

  /** Whether the provider may be asked while no more than `maxAttempts` may be asked in all. */
  allows(member: Member, maxAttempts = Number.POSITIVE_INFINITY): boolean {
    if (this.#done.includes(member)) return false
    return this.#asked.length < maxAttempts || this.#asked.includes(member)
  }

  /** Records that the call is sent to a provider. The wait for the next one starts over. */
  add(member: Member): void {
    if (!this.#asked.includes(member)) this.#asked.push(member)
    this.#done.push(member)
    this.#skipped = []
  }

  /** Allows a provider to be asked again. */
  reopen(member: Member): void {
    this.#done.splice(this.#done.indexOf(member), 1)
  }

  /** Passes over a full provider that was waited for long enough, unless all are passed over. */
  skip(member: Member): void {
    this.#skipped = [...this.#skipped, member]
  }

  isSkipped(member: Member): boolean {
    return this.#skipped.includes(member)
  }
}
