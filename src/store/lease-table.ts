/** Milliseconds after which whoever stands in line and does not ask again has gone. */
const patienceMs = 1_500

/** Who holds how many leases of one name, and who stands in line for one. */
export class LeaseLedger {
  readonly #held = new Map<string, number>()
  /** In the order in which they came, with the time they last asked. */
  readonly #line = new Map<string, number>()

  /** Whether somebody waits. */
  get isWanted(): boolean {
    return this.#line.size > 0
  }

  /** Takes up to so many, leaving one for each who came before; who gets none stands in line. */
  take(member: string, limit: number, amount: number, now: number): number {
    for (const [waiting, seen] of this.#line) if (now - seen > patienceMs) this.#line.delete(waiting)
    const before = [...this.#line.keys()].indexOf(member)
    const ahead = before === -1 ? this.#line.size : before
    const taken = [...this.#held.values()].reduce((sum, held) => sum + held, 0)
    const granted = Math.max(0, Math.min(amount, limit - taken - ahead))
    if (granted === 0) {
      this.#line.set(member, now)
      return 0
    }
    this.#line.delete(member)
    this.hold(member, (this.#held.get(member) ?? 0) + granted)
    return granted
  }

  give(member: string, amount: number): void {
    this.hold(member, (this.#held.get(member) ?? 0) - amount)
  }

  /** Whatever was known of the member before, so many it holds now. */
  hold(member: string, amount: number): void {
    if (amount > 0) this.#held.set(member, amount)
    else this.#held.delete(member)
  }

  leaveLine(member: string): void {
    this.#line.delete(member)
  }
}
