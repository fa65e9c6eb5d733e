import { Bucket, negligible } from '../bucket.ts'
import type { Budget } from '../store.ts'
import type { HubAccess } from './hub-access.ts'

/** Milliseconds after which a refusal is doubted: other peers may have given back what they did not use. */
const doubtMs = 1_000

/** An answer of the hub that `amount` is not available before `until`, on the clock of `performance.now()`. */
interface Refusal {
  readonly amount: number
  readonly until: number
  /** Fires when the hub should be asked again. */
  readonly doubt: NodeJS.Timeout
}

/**
 * A budget that a hub keeps. The amount for a call is drawn before the call starts; if the call then goes elsewhere,
 * the next one uses that amount, or it goes back.
 */
export class SharedBudget implements Budget {
  readonly #name: string
  readonly #access: HubAccess
  /** The usage of this peer, which is all that is known while the hub is away. */
  readonly #own = new Bucket()
  /** The amount drawn but not used yet. */
  #drawn = 0
  /** The least of the drawn amount since the last sweep. */
  #idle = 0
  /** Usage that the hub has not been told yet. */
  #owed = 0
  #asking: Promise<void> | undefined
  #refused: Refusal | undefined

  constructor(name: string, access: HubAccess) {
    this.#name = name
    this.#access = access
  }

  resize(size: number, now: number): void {
    this.#own.resize(size, now)
    this.#forgetRefusal()
  }

  readyIn(amount: number, now: number): number | undefined {
    if (!this.#access.isUp()) return this.#own.readyIn(amount, now)
    const wanted = Math.min(amount, this.#own.size)
    if (this.#drawn + negligible >= wanted) return 0
    const refused = this.#refused
    return refused && wanted + negligible >= refused.amount ? Math.max(1, refused.until - now) : undefined
  }

  ask(amount: number, now: number): Promise<void> {
    if (this.readyIn(amount, now) !== undefined) return this.#asking ?? Promise.resolve()
    return (this.#asking ??= this.#draw(Math.min(amount, this.#own.size)))
  }

  async #draw(wanted: number): Promise<void> {
    const { hub, onRoom } = this.#access
    const lacking = wanted - this.#drawn
    try {
      const waitMs = await hub.draw(this.#name, this.#own.size, lacking)
      if (waitMs === 0) this.#drawn += lacking
      else this.#refuse(wanted, waitMs)
    } catch {
      // The store notices by itself that the hub is away.
    } finally {
      this.#asking = undefined
      onRoom()
    }
  }

  use(amount: number, now: number): void {
    this.#own.use(amount, now)
    const fromDrawn = Math.min(Math.max(amount, 0), this.#drawn)
    this.#drawn -= fromDrawn
    this.#idle = Math.min(this.#idle, this.#drawn)
    this.#owed += amount - fromDrawn
    if (amount < 0) this.#forgetRefusal()
    this.#pay()
  }

  /** Gives back what was drawn but not used since the last sweep. */
  sweep(): void {
    const idle = this.#asking ? 0 : this.#idle
    this.#drawn -= idle
    this.#owed -= idle
    this.#idle = this.#drawn
    this.#pay()
  }

  /** Reports the usage of the time in which the hub was away. */
  renew(): void {
    this.#forgetRefusal()
    this.#pay()
  }

  #refuse(amount: number, waitMs: number): void {
    const doubt = setTimeout(
      () => {
        this.#forgetRefusal()
        this.#access.onRoom()
      },
      Math.min(waitMs, doubtMs),
    )
    doubt.unref()
    this.#refused = { amount, until: performance.now() + waitMs, doubt }
  }

  #forgetRefusal(): void {
    clearTimeout(this.#refused?.doubt)
    this.#refused = undefined
  }

  #pay(): void {
    if (Math.abs(this.#owed) < negligible || !this.#access.isUp()) return
    const owed = this.#owed
    this.#owed = 0
    this.#access.hub.use(this.#name, this.#own.size, owed).catch(() => (this.#owed += owed))
  }
}
