import type { Center } from '../hub.ts'
import type { Figures, Tallies } from '../store.ts'

/** Adds what this member counts to what the center has. */
export class SharedTallies implements Tallies {
  readonly #center: Center
  readonly #up: () => boolean
  #counted: () => Figures = () => ({})
  /** What the center has from us. */
  #told: Figures = {}
  #epoch: string | undefined

  constructor(center: Center, up: () => boolean) {
    this.#center = center
    this.#up = up
  }

  share(counted: () => Figures): void {
    this.#counted = counted
  }

  /** What this member has counted alone, while the center is away. */
  async totals(): Promise<Figures> {
    try {
      await this.push()
      if (this.#up()) return await this.#center.totals()
    } catch {
      // The store finds out by itself that the center is away.
    }
    return this.#counted()
  }

  /** The center is back, perhaps without what it was told. */
  async renew(): Promise<void> {
    const epoch = await this.#center.epoch()
    if (epoch !== this.#epoch) this.#told = {}
    this.#epoch = epoch
    await this.push()
  }

  /** Tells the center what has come since the last time. */
  async push(): Promise<void> {
    if (!this.#up()) return
    const counted = this.#counted()
    const news = Object.entries(counted).flatMap(([name, value]) => {
      const told = this.#told[name]
      if (value === told) return []
      return [[name, typeof value === 'number' && typeof told === 'number' ? value - told : value] as const]
    })
    if (news.length === 0) return
    const before = this.#told
    this.#told = { ...counted }
    try {
      await this.#center.add(Object.fromEntries(news))
    } catch (error) {
      this.#told = before
      throw error
    }
  }
}
