import { defaultNamespace } from '../../config/sections/redis.ts'
import { getOrCreate } from '../get-or-create.ts'
import { Minute } from '../minute.ts'
import type { Budget, Figures, Leases, Notices, Room, Store, Tallies, ValueStore } from '../store.ts'
import { MemoryAccounts } from './accounts.ts'
import { MemoryValues } from './values.ts'
import type { Clock } from './values.ts'
import { MemoryWindows } from './windows.ts'

const nothing = () => {}

/** A store in the memory of this process. It shares nothing, so no answer is ever unknown. */
export class MemoryStore implements Store {
  readonly namespace = defaultNamespace
  readonly values: ValueStore
  readonly windows = new MemoryWindows()
  readonly accounts: MemoryAccounts
  readonly notices: Notices = { post: nothing, subscribe: () => nothing }
  readonly tallies: Tallies = new LocalTallies()
  readonly #leases = new Map<string, Leases>()
  readonly #budgets = new Map<string, Budget>()

  /** `maxBytes` is called at each write, so that a reload can change the limit. */
  constructor(maxBytes: () => number, clock: Clock = performance) {
    this.values = new MemoryValues(maxBytes, clock)
    this.accounts = new MemoryAccounts(clock)
  }

  leases(name: string): Leases {
    return getOrCreate(this.#leases, name, () => new LocalLeases())
  }

  budget(name: string, settles = false): Budget {
    return getOrCreate(this.#budgets, name, () => (settles ? new LocalReservations() : new LocalBudget()))
  }

  onRoom(): () => void {
    return nothing
  }

  report() {
    return { kind: 'memory', ok: true }
  }

  async close(): Promise<void> {}
}

/** Leases of this process alone. */
export class LocalLeases implements Leases {
  #taken = 0

  room(limit: number): Room {
    return this.#taken < limit ? 'free' : 'full'
  }

  async ask(): Promise<void> {}

  take(): void {
    this.#taken++
  }

  give(): void {
    this.#taken--
  }
}

class LocalBudget extends Minute implements Budget {
  async ask(): Promise<void> {}
}

class LocalReservations extends LocalBudget {
  override use(amount: number, now: number): void {
    this.reserve(amount, now)
  }
}

class LocalTallies implements Tallies {
  #counted: () => Figures = () => ({})

  share(counted: () => Figures): void {
    this.#counted = counted
  }

  async totals(): Promise<Figures> {
    return this.#counted()
  }
}
