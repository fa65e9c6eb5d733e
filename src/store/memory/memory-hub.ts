import { Bucket } from '../bucket.ts'
import type { Center, CenterEvent } from '../hub.ts'
import { LeaseLedger } from '../lease-table.ts'
import { presentOr } from './memory.ts'
import { MemoryValues } from './values.ts'
import { MemoryWindows } from './windows.ts'
import type { Figures } from '../store.ts'

interface Posted {
  readonly text: string
  readonly by: string
  readonly until: number
}

/** A center in the memory of one process, for members that reach it from theirs. */
export class MemoryCenter {
  readonly #values: MemoryValues
  readonly #windows = new MemoryWindows()
  readonly #members = new Map<string, (event: CenterEvent) => void>()
  readonly #ledgers = new Map<string, LeaseLedger>()
  readonly #budgets = new Map<string, Bucket>()
  readonly #notices = new Map<string, Posted>()
  readonly #figures: Record<string, number | string> = {}

  /** `maxBytes`: the room for values. */
  constructor(maxBytes: () => number) {
    this.#values = new MemoryValues(maxBytes, performance)
  }

  /** The center as one member reaches it, who hears what others cause. */
  join(member: string, onEvent: (event: CenterEvent) => void): Center {
    this.#members.set(member, onEvent)
    return {
      values: this.#values,
      takeLeases: async (name, limit, amount) => this.#takeLeases(member, name, limit, amount),
      giveLeases: async (name, amount) => this.#giveLeases(member, name, amount),
      draw: async (name, size, amount) => this.#draw(name, size, amount),
      use: async (name, size, amount) => this.#bucket(name, size).use(amount, performance.now()),
      count: (key, windowMs) => this.#windows.count(key, windowMs),
      post: async (topic, text, ttlMs) => this.#post(member, topic, text, ttlMs),
      posts: async () => this.#posts(member),
      epoch: async () => 'the only one',
      add: async figures => this.#add(figures),
      totals: async () => this.#figures,
      beat: async holdings => {
        for (const [name, amount] of Object.entries(holdings)) this.#ledger(name).hold(member, amount)
      },
      leave: async () => this.#leave(member),
    }
  }

  #takeLeases(member: string, name: string, limit: number, amount: number): number {
    const ledger = this.#ledger(name)
    if (amount === 0) {
      ledger.leaveLine(member)
      if (ledger.isWanted) this.#tell({ kind: 'freed', name, by: member })
      return 0
    }
    const granted = ledger.take(member, limit, amount, performance.now())
    if (granted === 0) this.#tell({ kind: 'wanted', name, by: member })
    return granted
  }

  #giveLeases(member: string, name: string, amount: number): void {
    const ledger = this.#ledger(name)
    ledger.give(member, amount)
    if (ledger.isWanted) this.#tell({ kind: 'freed', name, by: member })
  }

  #draw(name: string, size: number, amount: number): number {
    const bucket = this.#bucket(name, size)
    const now = performance.now()
    const waitMs = bucket.readyIn(amount, now)
    if (waitMs === 0) bucket.use(amount, now)
    return waitMs
  }

  #post(by: string, topic: string, text: string, ttlMs: number): void {
    this.#notices.set(topic, { text, by, until: performance.now() + ttlMs })
    this.#tell({ kind: 'posted', topic, text, by })
  }

  #posts(member: string): [string, string][] {
    const now = performance.now()
    for (const [topic, { until }] of this.#notices) if (until <= now) this.#notices.delete(topic)
    const others = [...this.#notices].filter(([, { by }]) => by !== member)
    return others.map(([topic, { text }]) => [topic, text])
  }

  #add(figures: Figures): void {
    for (const [name, value] of Object.entries(figures)) {
      const before = this.#figures[name]
      this.#figures[name] = typeof value === 'number' && typeof before === 'number' ? before + value : value
    }
  }

  #leave(member: string): void {
    this.#members.delete(member)
    for (const [name, ledger] of this.#ledgers) {
      ledger.hold(member, 0)
      ledger.leaveLine(member)
      if (ledger.isWanted) this.#tell({ kind: 'freed', name, by: member })
    }
  }

  #tell(event: CenterEvent): void {
    for (const [member, onEvent] of this.#members) if (member !== event.by) onEvent(event)
  }

  #ledger(name: string): LeaseLedger {
    return presentOr(this.#ledgers, name, () => new LeaseLedger())
  }

  #bucket(name: string, size: number): Bucket {
    const bucket = presentOr(this.#budgets, name, () => new Bucket())
    if (bucket.size !== size) bucket.resize(size, performance.now())
    return bucket
  }
}
