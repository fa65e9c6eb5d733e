import type { Logger } from 'pino'
import type { Center, CenterEvent, Link } from '../hub.ts'
import { MemoryWindows } from '../memory/windows.ts'
import { presentOr } from '../memory/memory.ts'
import { SharedBudget } from './budget.ts'
import { SharedLeases } from './leases.ts'
import type { LeaseSurroundings } from './leases.ts'
import { SharedNotices } from './notices.ts'
import { SharedTallies } from './tallies.ts'
import type { Store, StoreReport, ValueStore, Windows } from '../store.ts'

/** Milliseconds between looks for what lies idle, and between signs of life. */
const sweepMs = 250
const beatMs = 2_000

/**
 * A store over a center that members have in common. What is asked for every call is answered from what this member has
 * borrowed; while the center is away, each member holds to the limits by itself and caches nothing, and nothing fails.
 */
export class SharedStore implements Store {
  readonly values: ValueStore
  readonly windows: Windows
  readonly notices: SharedNotices
  readonly tallies: SharedTallies
  readonly #link: Link
  readonly #log: Logger
  readonly #leases = new Map<string, SharedLeases>()
  readonly #budgets = new Map<string, SharedBudget>()
  readonly #listeners = new Set<() => void>()
  readonly #around: LeaseSurroundings
  readonly #timers: readonly NodeJS.Timeout[]
  #up = false

  private constructor(link: Link, log: Logger) {
    const up = () => this.#up
    const { center } = link
    this.#link = link
    this.#log = log
    this.#around = { center, up, changed: () => this.#changed() }
    this.values = valuesWhileUp(center, up)
    this.windows = windowsWith(center, up)
    this.notices = new SharedNotices(center, up)
    this.tallies = new SharedTallies(center, up)
    this.#timers = [
      setInterval(() => this.#sweep(), sweepMs).unref(),
      setInterval(() => this.#beat(), beatMs).unref(),
    ]
  }

  /** A store in use, whether its center can be reached yet or not. */
  static async open(link: Link, log: Logger): Promise<SharedStore> {
    const store = new SharedStore(link, log)
    await link.open({
      onUp: () => store.#renew(),
      onDown: reason => store.#lost(reason),
      onEvent: event => store.#hear(event),
    })
    if (!store.#up) store.#warn(new Error('it does not answer'))
    return store
  }

  leases(name: string): SharedLeases {
    return presentOr(this.#leases, name, () => new SharedLeases(name, this.#around))
  }

  budget(name: string): SharedBudget {
    return presentOr(this.#budgets, name, () => new SharedBudget(name, this.#around))
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  report(): StoreReport {
    return { kind: this.#link.kind, ok: this.#up }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    try {
      await this.tallies.push()
      if (this.#up) await this.#link.center.leave()
    } catch {
      // The center forgets by itself who is not heard of any more.
    }
    this.#up = false
    await this.#link.close()
  }

  /** Brings a center that is back up to date, and then goes by it again. */
  async #renew(): Promise<void> {
    await this.#link.center.beat(this.#holdings(leases => leases.renew()))
    this.#up = true
    try {
      for (const budget of this.#budgets.values()) budget.renew()
      await this.notices.renew()
      await this.tallies.renew()
    } catch (error) {
      this.#up = false
      throw error
    }
    this.#log.info({ store: this.#link.kind }, 'State is shared with others')
    this.#changed()
  }

  #lost(reason: Error): void {
    if (!this.#up) return
    this.#up = false
    this.#warn(reason)
    this.#changed()
  }

  #warn(reason: Error): void {
    const facts = { store: this.#link.kind, error: reason.message }
    this.#log.warn(facts, 'The shared store is away: this server goes by its own state until it is back')
  }

  #hear(event: CenterEvent): void {
    if (event.kind === 'posted') this.notices.heard(event.topic, event.text)
    else if (event.kind === 'freed') this.#leases.get(event.name)?.freed()
    else this.#leases.get(event.name)?.wanted()
  }

  #sweep(): void {
    for (const leases of this.#leases.values()) leases.sweep()
    for (const budget of this.#budgets.values()) budget.sweep()
    this.notices.sweep()
  }

  #beat(): void {
    if (!this.#up) return
    this.#link.center.beat(this.#holdings(leases => leases.holding)).catch(() => {})
    this.tallies.push().catch(() => {})
  }

  #holdings(of: (leases: SharedLeases) => number | undefined): Record<string, number> {
    const entries = [...this.#leases].flatMap(([name, leases]) => {
      const holding = of(leases)
      return holding === undefined ? [] : [[name, holding] as const]
    })
    return Object.fromEntries(entries)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Finds nothing and keeps nothing while the center is away. Only what was to be forgotten must not be passed over. */
function valuesWhileUp({ values }: Center, up: () => boolean): ValueStore {
  return {
    get: async key => (up() ? await values.get(key) : undefined),
    set: async (key, value, ttlMs) => {
      if (up()) await values.set(key, value, ttlMs)
    },
    clear: prefix => values.clear(prefix),
  }
}

/** Counts here alone while the center is away. */
function windowsWith(center: Center, up: () => boolean): Windows {
  const own = new MemoryWindows()
  return {
    count: async (key, windowMs) => {
      try {
        if (up()) return await center.count(key, windowMs)
      } catch {
        // The store finds out by itself that the center is away.
      }
      return await own.count(key, windowMs)
    },
  }
}
