import type { Accounts } from '../store.ts'
import { AccountTable } from './account-table.ts'
import type { Clock } from './values.ts'

/** Accounts in the memory of this process. */
export class MemoryAccounts implements Accounts {
  readonly #sums: AccountTable<number>

  constructor(clock: Clock = performance) {
    this.#sums = new AccountTable(clock)
  }

  async charge(key: string, amount: number, limit: number, keptMs: number): Promise<number> {
    const before = this.#sums.get(key) ?? 0
    if (before < limit) this.#sums.set(key, Math.max(0, before + amount), keptMs)
    return before
  }
}
