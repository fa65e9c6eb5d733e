import type { Figures, Tallies } from '../store.ts'
import type { HubAccess } from './hub-access.ts'

/** Totals that a hub keeps, to which this peer adds what it counts. */
export class SharedTallies implements Tallies {
  readonly #access: HubAccess
  #counted: () => Figures = () => ({})
  /** The figures that this peer has added to the totals of the current epoch. */
  #reported: Figures = {}
  #epoch: string | undefined

  constructor(access: HubAccess) {
    this.#access = access
  }

  share(counted: () => Figures): void {
    this.#counted = counted
  }

  /** The totals; while the hub is away, only what this peer has counted. */
  async totals(): Promise<Figures> {
    try {
      await this.push()
      if (this.#access.isUp()) return await this.#access.hub.totals()
    } catch {
      // The store notices by itself that the hub is away.
    }
    return this.#counted()
  }

  /** Adopts the hub's epoch; `lost` if the hub has lost what this peer had reported, and whatever else it had. */
  async adoptEpoch(): Promise<'kept' | 'lost'> {
    const epoch = await this.#access.hub.epoch()
    if (epoch === this.#epoch) return 'kept'
    this.#epoch = epoch
    this.#reported = {}
    return 'lost'
  }

  /** Reports what has been counted since the last time, or since the start if the hub has lost it. */
  async push(): Promise<void> {
    if (!this.#access.isUp()) return
    const counted = this.#counted()
    const changes = Object.entries(counted).flatMap(([name, value]) => {
      const reported = this.#reported[name]
      if (value === reported) return []
      const isSum = typeof value === 'number' && typeof reported === 'number'
      return [[name, isSum ? value - reported : value] as const]
    })
    if (changes.length === 0) return
    const before = this.#reported
    this.#reported = { ...counted }
    try {
      await this.#access.hub.add(Object.fromEntries(changes))
    } catch (error) {
      this.#reported = before
      throw error
    }
  }
}
