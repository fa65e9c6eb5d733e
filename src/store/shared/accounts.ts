import { detach } from '../../time/background.ts'
import { AccountTable } from '../memory/account-table.ts'
import { nearlyZero } from '../store.ts'
import type { Accounts } from '../store.ts'
import type { HubAccess } from './hub-access.ts'

/** An account as this peer knows it. */
interface Known {
  /** The newest sum that this peer has seen, with what it has charged since. */
  readonly sum: number
  /** The part of it that the hub has not been told. */
  readonly owed: number
  /** How often the hub had lost its state when this was seen. */
  readonly generation: number
}

/**
 * Accounts in the hub. While it is away, this peer counts on from the sums that it has seen, so that nobody gets a budget
 * again; afterwards it adds to the hub's sums what it charged meanwhile, or restores them if the hub has lost its state.
 */
export class SharedAccounts implements Accounts {
  readonly #access: HubAccess
  readonly #known = new AccountTable<Known>()
  #generation = 0

  constructor(access: HubAccess) {
    this.#access = access
  }

  async charge(key: string, amount: number, limit: number, keptMs: number): Promise<number> {
    if (!this.#access.isUp()) return this.#chargeOwn(key, amount, limit, keptMs, amount)
    let owed = amount
    try {
      if (this.#isBehind(key)) await this.#bringUpToDate(key, keptMs)
      // From here on, the hub may count the amount even if its answer is lost.
      owed = 0
      const before = await this.#access.hub.charge(key, amount, limit, keptMs)
      const sum = before < limit ? Math.max(0, before + amount) : before
      this.#known.set(
        key,
        { sum, owed: this.#known.get(key)?.owed ?? 0, generation: this.#generation },
        keptMs,
      )
      return before
    } catch {
      // The store notices by itself that the hub is away.
      return this.#chargeOwn(key, amount, limit, keptMs, owed)
    }
  }

  #chargeOwn(key: string, amount: number, limit: number, keptMs: number, newlyOwed: number): number {
    const { sum, owed, generation } = this.#known.get(key) ?? {
      sum: 0,
      owed: 0,
      generation: this.#generation,
    }
    if (sum >= limit) return sum
    this.#known.set(key, { sum: Math.max(0, sum + amount), owed: owed + newlyOwed, generation }, keptMs)
    return sum
  }

  /** The hub can be used again. Accounts that are not charged meanwhile are brought up to date one after another. */
  renew(isLost: boolean): void {
    if (isLost) this.#generation++
    detach(this.#bringAllUpToDate(), 'bringing budgets up to date')
  }

  async #bringAllUpToDate(): Promise<void> {
    for (const key of this.#known.keys()) {
      if (!this.#access.isUp()) return
      if (this.#isBehind(key)) await this.#bringUpToDate(key, this.#known.keptMs(key)).catch(() => {})
    }
  }

  /** Whether the hub's sum of an account lacks something that this peer knows. */
  #isBehind(key: string): boolean {
    const known = this.#known.get(key)
    return known !== undefined && (known.owed !== 0 || known.generation !== this.#generation)
  }

  async #bringUpToDate(key: string, keptMs: number): Promise<void> {
    const known = this.#known.get(key)
    if (!known) return
    const { hub } = this.#access
    const isLost = known.generation !== this.#generation
    // At once: what is charged meanwhile must not add it a second time.
    this.#known.set(key, { ...known, owed: 0, generation: this.#generation }, keptMs)
    try {
      // Whichever peer is first restores the sum; the others find it above 0, and add their part.
      if (isLost && (await hub.charge(key, known.sum, nearlyZero, keptMs)) < nearlyZero) return
      if (known.owed !== 0) await hub.charge(key, known.owed, Infinity, keptMs)
    } catch (error) {
      const { sum, owed } = this.#known.get(key) ?? { sum: known.sum, owed: 0 }
      this.#known.set(key, { sum, owed: owed + known.owed, generation: known.generation }, keptMs)
      throw error
    }
  }
}
