import { getOrCreate } from '../get-or-create.ts'
import type { Hub, HubEvent, Shortage } from '../hub.ts'
import { LeaseTable } from '../lease-table.ts'
import { Minute } from '../minute.ts'
import type { Figures } from '../store.ts'
import { MemoryAccounts } from './accounts.ts'
import { MemoryValues } from './values.ts'
import type { Clock } from './values.ts'
import { MemoryWindows } from './windows.ts'

interface Notice {
  readonly text: string
  readonly by: string
  readonly until: number
}

/** A hub in the memory of one process, which serves peers in other processes. */
export class MemoryHub {
  readonly #values: MemoryValues
  readonly #windows = new MemoryWindows()
  readonly #accounts: MemoryAccounts
  readonly #peers = new Map<string, (event: HubEvent) => void>()
  readonly #leases = new Map<string, LeaseTable>()
  readonly #budgets = new Map<string, Minute>()
  readonly #clock: Clock
  readonly #notices = new Map<string, Notice>()
  readonly #figures: Record<string, number | string> = {}

  /** `maxBytes` returns the maximum size of all values together. */
  constructor(maxBytes: () => number, clock: Clock = performance) {
    this.#clock = clock
    this.#values = new MemoryValues(maxBytes, clock)
    this.#accounts = new MemoryAccounts(clock)
  }

  /** The hub as one peer sees it. `onEvent` receives the events that other peers cause. */
  join(peer: string, onEvent: (event: HubEvent) => void): Hub {
    this.#peers.set(peer, onEvent)
    return {
      values: this.#values,
      takeLeases: async (name, limit, amount) => this.#takeLeases(peer, name, limit, amount),
      giveLeases: async (name, amount) => this.#giveLeases(peer, name, amount),
      draw: async (...values) => this.#draw(...values),
      use: async (name, amount, reserved) => {
        const now = this.#clock.now()
        this.#budget(name).use(amount - reserved, now)
        this.#budget(name).reserve(reserved, now)
      },
      settle: async (name, amount, used, ageMs) => {
        const now = this.#clock.now()
        this.#budget(name).settle(amount, used, now - ageMs, now)
      },
      count: (key, windowMs) => this.#windows.count(key, windowMs),
      charge: (...values) => this.#accounts.charge(...values),
      post: async (topic, text, ttlMs) => this.#post(peer, topic, text, ttlMs),
      notices: async () => this.#noticesFor(peer),
      // The totals are never lost without their peers.
      epoch: async () => 'the only one',
      add: async figures => this.#add(figures),
      totals: async () => this.#figures,
      heartbeat: async holdings => {
        for (const [name, amount] of Object.entries(holdings)) this.#tableOf(name).setHeld(peer, amount)
      },
      leave: async () => this.#leave(peer),
    }
  }

  #takeLeases(peer: string, name: string, limit: number, amount: number): number {
    const table = this.#tableOf(name)
    if (amount === 0) {
      table.leaveQueue(peer)
      if (table.isWanted) this.#emit({ kind: 'freed', name, by: peer })
      return 0
    }
    const granted = table.take(peer, limit, amount, this.#clock.now())
    if (granted === 0) this.#emit({ kind: 'wanted', name, by: peer })
    return granted
  }

  #giveLeases(peer: string, name: string, amount: number): void {
    const table = this.#tableOf(name)
    table.give(peer, amount)
    if (table.isWanted) this.#emit({ kind: 'freed', name, by: peer })
  }

  #draw(name: string, size: number, amount: number, settles: boolean): Shortage | undefined {
    const budget = this.#budget(name)
    const now = this.#clock.now()
    budget.resize(size)
    const waitMs = budget.readyIn(amount, now)
    if (waitMs > 0) return { waitMs, leastWaitMs: budget.leastWaitMs(amount, now) }
    if (settles) budget.reserve(amount, now)
    else budget.use(amount, now)
    return undefined
  }

  #post(by: string, topic: string, text: string, ttlMs: number): void {
    this.#notices.set(topic, { text, by, until: this.#clock.now() + ttlMs })
    this.#emit({ kind: 'posted', topic, text, by })
  }

  #noticesFor(peer: string): [string, string][] {
    const now = this.#clock.now()
    for (const [topic, { until }] of this.#notices) if (until <= now) this.#notices.delete(topic)
    const others = [...this.#notices].filter(([, { by }]) => by !== peer)
    return others.map(([topic, { text }]) => [topic, text])
  }

  #add(figures: Figures): void {
    for (const [name, value] of Object.entries(figures)) {
      const before = this.#figures[name]
      this.#figures[name] = typeof value === 'number' && typeof before === 'number' ? before + value : value
    }
  }

  #leave(peer: string): void {
    this.#peers.delete(peer)
    for (const [name, table] of this.#leases) {
      table.setHeld(peer, 0)
      table.leaveQueue(peer)
      if (table.isWanted) this.#emit({ kind: 'freed', name, by: peer })
    }
  }

  #emit(event: HubEvent): void {
    for (const [peer, onEvent] of this.#peers) if (peer !== event.by) onEvent(event)
  }

  #tableOf(name: string): LeaseTable {
    return getOrCreate(this.#leases, name, () => new LeaseTable())
  }

  #budget(name: string): Minute {
    return getOrCreate(this.#budgets, name, () => new Minute())
  }
}
