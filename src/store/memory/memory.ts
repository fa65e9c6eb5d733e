import { Bucket } from '../bucket.ts'
import { MemoryValues } from './values.ts'
import type { Clock } from './values.ts'
import { MemoryWindows } from './windows.ts'
import type { Budget, Figures, Leases, Notices, Room, Store, Tallies, ValueStore } from '../store.ts'

const nothing = () => {}

/** A store in the memory of this process, which shares nothing: all it is asked is known at once. */
export class MemoryStore implements Store {
  readonly values: ValueStore
  readonly windows = new MemoryWindows()
  readonly notices: Notices = { post: nothing, subscribe: () => nothing }
  readonly tallies: Tallies = new OwnTallies()
  readonly #leases = new Map<string, Leases>()
  readonly #budgets = new Map<string, Budget>()

  /** `maxBytes` is asked at each write, so that a reload may change it. */
  constructor(maxBytes: () => number, clock: Clock = performance) {
    this.values = new MemoryValues(maxBytes, clock)
  }

  leases(name: string): Leases {
    return presentOr(this.#leases, name, () => new OwnLeases())
  }

  budget(name: string): Budget {
    return presentOr(this.#budgets, name, () => new OwnBudget())
  }

  onRoom(): () => void {
    return nothing
  }

  report() {
    return { kind: 'memory', ok: true }
  }

  async close(): Promise<void> {}
}

/** What the map has under a name, made where it has nothing. */
export function presentOr<T>(map: Map<string, T>, name: string, make: () => T): T {
  let present = map.get(name)
  if (present === undefined) map.set(name, (present = make()))
  return present
}

/** Leases that are counted here alone. */
export class OwnLeases implements Leases {
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

class OwnBudget extends Bucket implements Budget {
  async ask(): Promise<void> {}
}

class OwnTallies implements Tallies {
  #counted: () => Figures = () => ({})

  share(counted: () => Figures): void {
    this.#counted = counted
  }

  async totals(): Promise<Figures> {
    return this.#counted()
  }
}
