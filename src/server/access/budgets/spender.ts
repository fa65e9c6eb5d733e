import type { BudgetAmount } from '../../../config/sections/clients/client-budget.ts'
import type { AttemptReport } from '../../../contract/index.ts'
import type { HulumanageError } from '../../../contract/index.ts'
import type { Charge } from './charge.ts'

/** One amount of a budget that a request is charged to. */
export interface Limited {
  readonly amount: BudgetAmount
  readonly charge: Charge
  /** The error for the next call once it is used up. */
  readonly error: () => HulumanageError
  /** Called with the amount that the request has used, at its end. */
  readonly onEnd: (used: number) => void
}

/** Charges one request to the budgets of its client and its session. */
export class Spender {
  #limits: readonly Limited[]
  #unpriced = false

  constructor(limits: readonly Limited[]) {
    this.#limits = limits
  }

  /** Charges the request to further budgets, from now on. */
  join({ limits }: { readonly limits: readonly Limited[] }): void {
    this.#limits = [...this.#limits, ...limits]
  }

  get limits(): readonly Limited[] {
    return this.#limits
  }

  /** Charges an attempt that has ended, also one that ends after the request. */
  attempted({ usage, cost }: AttemptReport): void {
    if (cost?.usd === null) this.#unpriced = true
    for (const { amount, charge } of this.#limits) {
      if (amount === 'tokens' && usage) charge.add(usage.total_tokens)
      if (amount === 'usd' && cost?.usd) charge.add(cost.usd)
    }
  }

  /** Throws `budget_client` before a call if a budget is used up, or cannot be kept because a price is unknown. */
  readonly check = (): void => {
    for (const { amount, charge, error } of this.#limits)
      if (charge.isUsedUp || (amount === 'usd' && this.#unpriced)) throw error()
  }

  /** Ends the request: what was reserved and not used is given back. */
  end(): void {
    for (const { amount, charge, onEnd } of this.#limits) {
      if (amount === 'requests') continue
      charge.end()
      onEnd(charge.used)
    }
  }
}
