import type { Accounts } from '../../../store/store.ts'
import { detach } from '../../../time/background.ts'

/** An account of a client or a session, and its limit. */
export interface Account {
  readonly key: string
  readonly limit: number
  /** Milliseconds for which the store keeps the sum. */
  readonly keptMs: number
}

/**
 * The part of one request in an account: an amount that is reserved when it begins, and gives way to what it uses. What
 * exceeds the reservation is charged as soon as it is known, so that the account is exact but for the calls that run.
 */
export class Charge {
  readonly account: Account
  readonly #accounts: Accounts
  /** The amount that the store has been told. */
  #charged: number
  #used = 0
  /** The newest sum of the account that is known, this request included. */
  #sum: number

  private constructor(accounts: Accounts, account: Account, reserved: number, sum: number) {
    this.#accounts = accounts
    this.account = account
    this.#charged = reserved
    this.#sum = sum
  }

  /** Reserves an amount in an account; undefined if that is used up. */
  static async begin(accounts: Accounts, account: Account, reserved: number): Promise<Charge | undefined> {
    const { key, limit, keptMs } = account
    const before = await accounts.charge(key, reserved, limit, keptMs)
    return before < limit ? new Charge(accounts, account, reserved, before + reserved) : undefined
  }

  /** The amount that the request has used. */
  get used(): number {
    return this.#used
  }

  /** The newest sum that is known. */
  get sum(): number {
    return this.#sum
  }

  /** Whether the account is used up, apart from what is still reserved for this request. */
  get isUsedUp(): boolean {
    return this.#sum - Math.max(0, this.#charged - this.#used) >= this.account.limit
  }

  /** Adds what an attempt has used. */
  add(amount: number): void {
    this.#used += amount
    detach(this.#charge(Math.max(0, this.#used - this.#charged)), 'charging a budget')
  }

  /** Gives back what was reserved and not used; amounts that are added later are charged in full. */
  end(): void {
    if (this.#used !== this.#charged) detach(this.#charge(this.#used - this.#charged), 'charging a budget')
  }

  async #charge(amount: number): Promise<void> {
    this.#charged += amount
    this.#sum += amount
    const { key, keptMs } = this.account
    try {
      this.#sum = (await this.#accounts.charge(key, amount, Infinity, keptMs)) + amount
    } catch {
      // The store keeps accounts of its own while it cannot reach the shared ones; nothing else can fail.
    }
  }
}
