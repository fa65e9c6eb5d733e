/** Milliseconds after which a waiting peer that does not ask again leaves the queue. */
const waiterTimeoutMs = 1_500

/** The holders of the leases of one name, and the queue of peers that wait for one. */
export class LeaseTable {
  readonly #held = new Map<string, number>()
  /** Waiting peers in order of arrival, with the time they last asked. */
  readonly #queue = new Map<string, number>()

  /** Whether any peer is waiting. */
  get isWanted(): boolean {
    return this.#queue.size > 0
  }

  /** Takes up to `amount` leases, leaving one for each earlier waiter; a peer that gets none joins the queue. */
  take(peer: string, limit: number, amount: number, now: number): number {
    for (const [waiter, seen] of this.#queue) if (now - seen > waiterTimeoutMs) this.#queue.delete(waiter)
    const position = [...this.#queue.keys()].indexOf(peer)
    const ahead = position === -1 ? this.#queue.size : position
    const taken = [...this.#held.values()].reduce((sum, held) => sum + held, 0)
    const granted = Math.max(0, Math.min(amount, limit - taken - ahead))
    if (granted === 0) {
      this.#queue.set(peer, now)
      return 0
    }
    this.#queue.delete(peer)
    this.setHeld(peer, (this.#held.get(peer) ?? 0) + granted)
    return granted
  }

  give(peer: string, amount: number): void {
    this.setHeld(peer, (this.#held.get(peer) ?? 0) - amount)
  }

  /** Sets the leases of a peer, whatever it held before. */
  setHeld(peer: string, amount: number): void {
    if (amount > 0) this.#held.set(peer, amount)
    else this.#held.delete(peer)
  }

  leaveQueue(peer: string): void {
    this.#queue.delete(peer)
  }
}
