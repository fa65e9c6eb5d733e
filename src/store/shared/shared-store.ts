import type { Logger } from 'pino'
import { defaultNamespace } from '../../config/sections/redis.ts'
import { getOrCreate } from '../get-or-create.ts'
import { heartbeatMs } from '../hub.ts'
import type { HubConnection, HubEvent } from '../hub.ts'
import { MemoryWindows } from '../memory/windows.ts'
import type { Store, StoreReport, ValueStore, Windows } from '../store.ts'
import { SharedAccounts } from './accounts.ts'
import { SharedBudget } from './budget.ts'
import type { HubAccess } from './hub-access.ts'
import { SharedLeases } from './leases.ts'
import { SharedNotices } from './notices.ts'
import { SharedTallies } from './tallies.ts'

/** Milliseconds between sweeps, which give back what is idle. */
const sweepMs = 250

/**
 * A store over a hub that its peers have in common. Questions on the hot path are answered from what this peer has
 * borrowed. While the hub is away, each peer applies the limits on its own and caches nothing, and nothing fails.
 */
export class SharedStore implements Store {
  readonly namespace: string
  readonly values: ValueStore
  readonly windows: Windows
  readonly accounts: SharedAccounts
  readonly notices: SharedNotices
  readonly tallies: SharedTallies
  readonly #connection: HubConnection
  readonly #access: HubAccess
  readonly #log: Logger
  readonly #leases = new Map<string, SharedLeases>()
  readonly #budgets = new Map<string, SharedBudget>()
  readonly #listeners = new Set<() => void>()
  readonly #timers: readonly NodeJS.Timeout[]
  #isUp = false

  private constructor(connection: HubConnection, log: Logger, namespace: string) {
    this.namespace = namespace
    this.#connection = connection
    this.#log = log
    this.#access = { hub: connection.hub, isUp: () => this.#isUp, onRoom: () => this.#notify() }
    this.values = valuesWhileUp(this.#access)
    this.windows = windowsOver(this.#access)
    this.accounts = new SharedAccounts(this.#access)
    this.notices = new SharedNotices(this.#access)
    this.tallies = new SharedTallies(this.#access)
    this.#timers = [
      setInterval(() => this.#sweep(), sweepMs).unref(),
      setInterval(() => this.#heartbeat(), heartbeatMs).unref(),
    ]
  }

  /** Opens a store, which can be used whether or not its hub can be reached yet. */
  static async open(
    connection: HubConnection,
    log: Logger,
    namespace: string = defaultNamespace,
  ): Promise<SharedStore> {
    const store = new SharedStore(connection, log, namespace)
    await connection.open({
      onUp: () => store.#renew(),
      onDown: reason => store.#onDown(reason),
      onEvent: event => store.#receive(event),
    })
    if (!store.#isUp) store.#warn(new Error('it does not answer'))
    return store
  }

  leases(name: string): SharedLeases {
    return getOrCreate(this.#leases, name, () => new SharedLeases(name, this.#access))
  }

  budget(name: string, settles = false): SharedBudget {
    return getOrCreate(this.#budgets, name, () => new SharedBudget(name, this.#access, settles))
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  report(): StoreReport {
    return { kind: this.#connection.kind, ok: this.#isUp }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.tallies.push().catch(() => {})
    await this.#leave().catch(() => {
      // The hub forgets a silent peer by itself.
    })
    await this.#connection.close()
  }

  /** Gives back everything, so that the peers that wait for it need not ask again, and leaves the hub. */
  async #leave(): Promise<void> {
    if (!this.#isUp) return
    // An amount that arrives later could not be given back.
    await Promise.all(Array.from(this.#budgets.values(), budget => budget.answered()))
    if (!this.#isUp) return
    for (const leases of this.#leases.values()) leases.close()
    for (const budget of this.#budgets.values()) budget.close()
    // A call that starts from now on must not make the hub take this peer for one that is there.
    this.#isUp = false
    await this.#access.hub.leave()
  }

  /** Brings the hub up to date, then begins to rely on it. */
  async #renew(): Promise<void> {
    await this.#access.hub.heartbeat(this.#holdings(leases => leases.renew()))
    const isLost = (await this.tallies.adoptEpoch()) === 'lost'
    this.#isUp = true
    try {
      for (const budget of this.#budgets.values()) budget.renew(isLost)
      this.accounts.renew(isLost)
      await this.notices.renew()
      await this.tallies.push()
    } catch (error) {
      this.#isUp = false
      throw error
    }
    this.#log.info({ store: this.#connection.kind }, 'connected to the shared store')
    this.#notify()
  }

  #onDown(reason: Error): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#warn(reason)
    this.#notify()
  }

  #warn(reason: Error): void {
    const facts = { store: this.#connection.kind, error: reason.message }
    this.#log.warn(facts, 'the shared store is away; this server uses its own state until it is back')
  }

  #receive(event: HubEvent): void {
    if (event.kind === 'posted') this.notices.receive(event.topic, event.text)
    else if (event.kind === 'freed') this.#leases.get(event.name)?.onFreed()
    else this.#leases.get(event.name)?.onWanted()
  }

  #sweep(): void {
    for (const leases of this.#leases.values()) leases.sweep()
    for (const budget of this.#budgets.values()) budget.sweep()
    this.notices.sweep()
  }

  #heartbeat(): void {
    if (!this.#isUp) return
    this.#access.hub.heartbeat(this.#holdings(leases => leases.holding)).catch(() => {})
    this.tallies.push().catch(() => {})
  }

  #holdings(of: (leases: SharedLeases) => number | undefined): Record<string, number> {
    const entries = [...this.#leases].flatMap(([name, leases]) => {
      const holding = of(leases)
      return holding === undefined ? [] : [[name, holding] as const]
    })
    return Object.fromEntries(entries)
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}

/**
 * Finds and stores nothing while the hub is away. Only `delete` and `clear` are always tried: a value to be deleted
 * must not survive.
 */
function valuesWhileUp({ hub: { values }, isUp }: HubAccess): ValueStore {
  return {
    get: async key => (isUp() ? await values.get(key) : undefined),
    set: async (key, value, ttlMs) => {
      if (isUp()) await values.set(key, value, ttlMs)
    },
    delete: keys => values.delete(keys),
    clear: prefix => values.clear(prefix),
  }
}

/** Counts in this process alone while the hub is away. */
function windowsOver({ hub, isUp }: HubAccess): Windows {
  const own = new MemoryWindows()
  return {
    count: async (key, windowMs) => {
      try {
        if (isUp()) return await hub.count(key, windowMs)
      } catch {
        // The store notices by itself that the hub is away.
      }
      return await own.count(key, windowMs)
    },
  }
}
