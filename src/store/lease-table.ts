/** Milliseconds after which a waiting member that does not ask again leaves the queue. */
const waiterTimeoutMs = 1_500

/** The holders of the leases of one name, and the queue of members that wait for one. */
export class LeaseTable {
  readonly #held = new Map<string, number>()
  /** Waiting members in order of arrival, with the time they last asked. */
  readonly #queue = new Map<string, number>()

  /** Whether any member is waiting. */
  get isWanted(): boolean {
    return this.#queue.size > 0
  }

  /** Takes up to `amount` leases, leaving one for each earlier waiter; a member that gets none joins the queue. */
  take(member: string, limit: number, amount: number, now: number): number {
    for (const [waiter, seen] of this.#queue) if (now - seen > waiterTimeoutMs) this.#queue.delete(waiter)
    const position = [...this.#queue.keys()].indexOf(member)
    const ahead = position === -1 ? this.#queue.size : position
    const taken = [...this.#held.values()].reduce((sum, held) => sum + held, 0)
    const granted = Math.max(0, Math.min(amount, limit - taken - ahead))
    if (granted === 0) {
      this.#queue.set(member, now)
      return 0
    }
    this.#queue.delete(member)
    this.setHeld(member, (this.#held.get(member) ?? 0) + granted)
    return granted
  }

  give(member: string, amount: number): void {
    this.setHeld(member, (this.#held.get(member) ?? 0) - amount)
  }

  /** Sets the leases of a member, whatever it held before. */
  setHeld(member: string, amount: number): void {
    if (amount > 0) this.#held.set(member, amount)
    else this.#held.delete(member)
  }

  leaveQueue(member: string): void {
    this.#queue.delete(member)
  }
}
