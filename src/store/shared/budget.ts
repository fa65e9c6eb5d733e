import { Minute, negligible } from '../minute.ts'
import type { Budget } from '../store.ts'
import type { HubAccess } from './hub-access.ts'

/** Milliseconds after which a refusal is doubted: other peers may have given back what they did not use. */
const doubtMs = 1_000
/** Milliseconds by which the hub may have counted an amount earlier than this peer has. */
const headStartMs = 1_000

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
  readonly #own = new Minute()
  /** The amount drawn but not used yet. */
  #drawn = 0
  /** When the oldest part of it was drawn. */
  #drawnAt = 0
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

  get isShared(): boolean {
    return this.#access.isUp()
  }

  resize(size: number): void {
    this.#own.resize(size)
    this.#forgetRefusal()
  }

  readyIn(amount: number, now: number): number | undefined {
    if (!this.#access.isUp()) return this.#own.readyIn(amount, now)
    const wanted = Math.min(amount, this.#own.size)
    if (this.#drawn + negligible >= wanted) return 0
    const refused = this.#refused
    return refused && wanted + negligible >= refused.amount ? Math.max(1, refused.until - now) : undefined
  }

  leftAt(now: number): number {
    return this.#own.leftAt(now)
  }

  ask(amount: number, now: number): Promise<void> {
    if (this.readyIn(amount, now) !== undefined) return this.#asking ?? Promise.resolve()
    return (this.#asking ??= this.#draw(Math.min(amount, this.#own.size)))
  }

  async #draw(wanted: number): Promise<void> {
    const { hub, onRoom } = this.#access
    const lacking = wanted - this.#drawn
    const askedAt = performance.now()
    try {
      const waitMs = await hub.draw(this.#name, this.#own.size, lacking)
      if (waitMs === 0) this.#keep(lacking, askedAt)
      else this.#refuse(wanted, waitMs)
    } catch {
      // The store notices by itself that the hub is away.
    } finally {
      this.#asking = undefined
      onRoom()
    }
  }

  #keep(amount: number, drawnAt: number): void {
    if (this.#drawn < negligible) this.#drawnAt = drawnAt
    this.#drawn += amount
  }

  use(amount: number, now: number): void {
    this.#own.use(amount, now)
    const fromDrawn = Math.min(amount, this.#drawn)
    this.#drawn -= fromDrawn
    this.#idle = Math.min(this.#idle, this.#drawn)
    this.#owed += amount - fromDrawn
    this.#pay()
  }

  giveBack(amount: number, since: number, now: number): void {
    this.#own.giveBack(amount, since, now)
    this.#forgetRefusal()
    this.#return(amount, now - since)
  }

  /** Gives back what was drawn but not used since the last sweep. */
  sweep(): void {
    const idle = this.#asking ? 0 : this.#idle
    if (idle > negligible) this.#return(idle, performance.now() - this.#drawnAt)
    this.#drawn -= idle
    this.#idle = this.#drawn
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
    if (this.#owed < negligible || !this.#access.isUp()) return
    const owed = this.#owed
    this.#owed = 0
    this.#access.hub.use(this.#name, owed).catch(() => (this.#owed += owed))
  }

  /** Gives an amount back to the hub. If that fails, it counts for the rest of its minute. */
  #return(amount: number, ageMs: number): void {
    const { hub, isUp } = this.#access
    if (isUp()) hub.giveBack(this.#name, amount, ageMs + headStartMs).catch(() => {})
    else this.#owed = Math.max(0, this.#owed - amount)
  }
}
