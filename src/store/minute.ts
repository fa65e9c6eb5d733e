/** A shortfall below this is a rounding error. */
export const negligible = 1e-6

/** Milliseconds that are counted together. */
export const slotMs = 500
/**
 * Slots that count at one time. What is used in one counts for another 61 s after its end: a minute, and a second because
 * calls do not all take the same time from here to the provider that counts them.
 */
export const slotCount = 123
/** By how many slots later an amount may have been counted than its user says: a hub counts on a clock of its own. */
export const uncertainSlots = 4

/**
 * Counts the usage of the last minute: at most `size` of it in any 60 seconds, however it is spread. Services count so; a
 * bucket that refills would allow nearly twice as much in a minute that begins with a full one. The caller passes the time
 * of a monotonic clock, in milliseconds.
 */
export class Minute {
  size = 0
  /** A ring. */
  readonly #slots = new Float64Array(slotCount)
  #used = 0
  /** Number of the newest slot. */
  #newest = 0

  resize(size: number): void {
    this.size = size
  }

  /** Milliseconds until `amount` is available; 0 if it is now. If nothing is used, any amount is, even one above `size`. */
  readyIn(amount: number, now: number): number {
    this.#advance(now)
    let lacking = this.#used + Math.min(amount, this.size) - this.size
    if (lacking <= negligible) return 0
    let slot = this.#newest - slotCount
    while (lacking > negligible && slot < this.#newest) lacking -= this.#slots[placeOf(++slot)]!
    return (slot + slotCount) * slotMs - now
  }

  /** The part that is available, from 0 to 1. */
  leftAt(now: number): number {
    this.#advance(now)
    return Math.max(0, 1 - this.#used / this.size)
  }

  use(amount: number, now: number): void {
    this.#advance(now)
    this.#add(this.#newest, amount)
  }

  /** Takes back an amount that was used at `since`, or as much of it as still counts. */
  giveBack(amount: number, since: number, now: number): void {
    this.#advance(now)
    let left = amount
    const first = Math.floor(since / slotMs)
    const last = Math.min(first + uncertainSlots, this.#newest)
    for (let slot = Math.max(first, this.#newest - slotCount + 1); slot <= last && left > 0; slot++) {
      const taken = Math.min(left, this.#slots[placeOf(slot)]!)
      this.#add(slot, -taken)
      left -= taken
    }
  }

  #add(slot: number, amount: number): void {
    this.#slots[placeOf(slot)]! += amount
    this.#used += amount
  }

  /** Empties the slots that no longer count. */
  #advance(now: number): void {
    const current = Math.floor(now / slotMs)
    if (current <= this.#newest) return
    if (current - this.#newest >= slotCount) {
      this.#slots.fill(0)
      this.#used = 0
    } else
      for (let slot = this.#newest + 1; slot <= current; slot++) this.#add(slot, -this.#slots[placeOf(slot)]!)
    this.#newest = current
  }
}

/** The place of a slot in the ring. The first minute of a clock has slots before zero. */
function placeOf(slot: number): number {
  return (slot + slotCount) % slotCount
}
