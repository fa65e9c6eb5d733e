import { Minute, negligible } from '../minute.ts'
import type { Budget } from '../store.ts'
import type { Shortage } from '../hub.ts'
import type { HubAccess } from './hub-access.ts'

/** Milliseconds after which a refusal is doubted: other peers may have given back what they did not use. */
const doubtMs = 1_000
/** Milliseconds by which the hub may have counted an amount earlier than this peer has. */
const headStartMs = 1_000

/** An answer of the hub that `amount` is not available. Times are on the clock of `performance.now()`. */
interface Refusal {
  readonly amount: number
  /** When it is, unless peers give back what they have reserved. */
  readonly until: number
  /** Until when it certainly is not. */
  readonly certainUntil: number
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
  readonly #settles: boolean
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
  /** How often the hub has lost its state. An answer to a question of before says nothing about the state of now. */
  #generation = 0
  #asking: Promise<void> | undefined
  #refused: Refusal | undefined

  constructor(name: string, access: HubAccess, settles: boolean) {
    this.#name = name
    this.#access = access
    this.#settles = settles
  }

  resize(size: number): void {
    this.#own.resize(size)
    this.#forgetRefusal()
  }

  readyIn(amount: number, now: number): number | undefined {
    if (!this.#access.isUp()) return this.#own.readyIn(amount, now)
    if (this.#hasDrawn(amount)) return 0
    const refused = this.#refusalOf(amount)
    return refused && Math.max(1, refused.until - now)
  }

  leastWaitMs(amount: number, now: number): number {
    if (!this.#access.isUp()) return this.#own.leastWaitMs(amount, now)
    const refused = this.#hasDrawn(amount) ? undefined : this.#refusalOf(amount)
    return refused ? Math.max(0, refused.certainUntil - now) : 0
  }

  #hasDrawn(amount: number): boolean {
    return this.#drawn + negligible >= Math.min(amount, this.#own.size)
  }

  #refusalOf(amount: number): Refusal | undefined {
    const wanted = Math.min(amount, this.#own.size)
    return this.#refused && wanted + negligible >= this.#refused.amount ? this.#refused : undefined
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
    const generation = this.#generation
    try {
      const shortage = await hub.draw(this.#name, this.#own.size, lacking, this.#settles)
      if (generation !== this.#generation) return
      if (shortage) this.#refuse(wanted, shortage)
      else this.#keep(lacking, askedAt)
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
    if (this.#settles) this.#own.reserve(amount, now)
    else this.#own.use(amount, now)
    const fromDrawn = Math.min(amount, this.#drawn)
    this.#drawn -= fromDrawn
    this.#idle = Math.min(this.#idle, this.#drawn)
    this.#owed += amount - fromDrawn
    this.#pay()
  }

  settle(amount: number, used: number, since: number, now: number): void {
    this.#own.settle(amount, used, since, now)
    if (used < amount) this.#forgetRefusal()
    this.#settle(amount, used, now - since)
  }

  /** Gives back what was drawn but not used since the last sweep. */
  sweep(): void {
    const idle = this.#asking ? 0 : this.#idle
    if (idle > negligible) this.#settle(idle, 0, performance.now() - this.#drawnAt)
    this.#drawn -= idle
    this.#idle = this.#drawn
  }

  /** Resolves when the hub owes no answer. */
  async answered(): Promise<void> {
    while (this.#asking) await this.#asking
  }

  /** Gives back all that was drawn but not used: this peer is about to leave. */
  close(): void {
    this.#idle = this.#drawn
    this.sweep()
    this.#forgetRefusal()
  }

  /**
   * Reports the usage of the time in which the hub was away. If the hub has lost its state, reports that of the minute before
   * as well, and forgets what was drawn: the hub no longer counts it.
   */
  renew(isLost: boolean): void {
    this.#forgetRefusal()
    if (isLost) {
      this.#generation++
      this.#drawn = 0
      this.#idle = 0
      this.#owed = this.#own.usedAt(performance.now())
    }
    this.#pay()
  }

  #refuse(amount: number, { waitMs, leastWaitMs }: Shortage): void {
    const doubt = setTimeout(
      () => {
        this.#forgetRefusal()
        this.#access.onRoom()
      },
      Math.min(waitMs, doubtMs),
    )
    doubt.unref()
    const now = performance.now()
    this.#refused = { amount, until: now + waitMs, certainUntil: now + leastWaitMs, doubt }
  }

  #forgetRefusal(): void {
    clearTimeout(this.#refused?.doubt)
    this.#refused = undefined
  }

  #pay(): void {
    if (this.#owed < negligible || !this.#access.isUp()) return
    const owed = this.#owed
    this.#owed = 0
    const reserved = Math.min(owed, this.#own.reservedAt(performance.now()))
    this.#access.hub.use(this.#name, owed, reserved).catch(this.#owing(owed))
  }

  /** Lets this peer owe an amount again, unless all of it has been reported again by then. */
  #owing(amount: number): () => void {
    const generation = this.#generation
    return () => {
      if (generation === this.#generation) this.#owed += amount
    }
  }

  /** Settles an amount with the hub. If that fails, what was not used of it counts for the rest of its minute. */
  #settle(amount: number, used: number, ageMs: number): void {
    const { hub, isUp } = this.#access
    if (isUp())
      hub.settle(this.#name, amount, used, ageMs + headStartMs).catch(this.#owing(Math.max(0, used - amount)))
    else this.#owed = Math.max(0, this.#owed + used - amount)
  }
}
