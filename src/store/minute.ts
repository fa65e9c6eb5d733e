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
 * bucket that refills would allow nearly twice as much in a minute that begins with a full one. Usage may be reserved: until
 * it is settled, it counts in full, though all of it may be given back. The caller passes the time of a monotonic clock, in
 * milliseconds.
 */
export class Minute {
  size = 0
  /** A ring. */
  readonly #slots = new Float64Array(slotCount)
  /** The part of each slot that is reserved and not settled yet. */
  readonly #open = new Float64Array(slotCount)
  #used = 0
  #reserved = 0
  /** Number of the newest slot. */
  #newest = 0

  resize(size: number): void {
    this.size = size
  }

  /** Milliseconds until `amount` is available; 0 if it is now. If nothing is used, any amount is, even one above `size`. */
  readyIn(amount: number, now: number): number {
    this.#advance(now)
    return this.#waitFor(this.#used, amount, now, place => this.#slots[place]!)
  }

  /** Milliseconds for which `amount` is certainly not available, even if all that is reserved is given back. */
  leastWaitMs(amount: number, now: number): number {
    this.#advance(now)
    const settled = (place: number) => this.#slots[place]! - this.#open[place]!
    return this.#waitFor(this.#used - this.#reserved, amount, now, settled)
  }

  usedAt(now: number): number {
    this.#advance(now)
    return this.#used
  }

  /** The part of what is used that is reserved and not settled yet. */
  reservedAt(now: number): number {
    this.#advance(now)
    return this.#reserved
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

  /** As `use`, but `settle` is to replace the amount. */
  reserve(amount: number, now: number): void {
    this.#advance(now)
    this.#add(this.#newest, amount)
    this.#addOpen(placeOf(this.#newest), amount)
  }

  /**
   * Replaces an amount that was used or reserved at `since`, or as much of it as still counts, by the amount actually used.
   * If that is more, the rest counts from now on.
   */
  settle(amount: number, used: number, since: number, now: number): void {
    this.#advance(now)
    let open = amount
    let unused = Math.max(0, amount - used)
    const first = Math.floor(since / slotMs)
    const last = Math.min(first + uncertainSlots, this.#newest)
    for (let slot = Math.max(first, this.#newest - slotCount + 1); slot <= last && open > 0; slot++) {
      const place = placeOf(slot)
      const closed = Math.min(open, this.#open[place]!)
      this.#addOpen(place, -closed)
      open -= closed
      const taken = Math.min(unused, this.#slots[place]!)
      this.#add(slot, -taken)
      unused -= taken
    }
    if (used > amount) this.#add(this.#newest, used - amount)
  }

  /** Milliseconds until `amount` is available if `used` counts now, of which each slot frees a part at its end. */
  #waitFor(used: number, amount: number, now: number, freedBy: (place: number) => number): number {
    let lacking = used + Math.min(amount, this.size) - this.size
    if (lacking <= negligible) return 0
    let slot = this.#newest - slotCount
    while (lacking > negligible && slot < this.#newest) lacking -= freedBy(placeOf(++slot))
    return (slot + slotCount) * slotMs - now
  }

  /** Never leaves more open in a slot than there is. */
  #add(slot: number, amount: number): void {
    const place = placeOf(slot)
    this.#slots[place]! += amount
    this.#used += amount
    const excess = this.#open[place]! - this.#slots[place]!
    if (excess > 0) this.#addOpen(place, -excess)
  }

  #addOpen(place: number, amount: number): void {
    this.#open[place]! += amount
    this.#reserved += amount
  }

  /** Empties the slots that no longer count. */
  #advance(now: number): void {
    const current = Math.floor(now / slotMs)
    if (current <= this.#newest) return
    if (current - this.#newest >= slotCount) {
      this.#slots.fill(0)
      this.#open.fill(0)
      this.#used = 0
      this.#reserved = 0
    } else
      for (let slot = this.#newest + 1; slot <= current; slot++) this.#add(slot, -this.#slots[placeOf(slot)]!)
    this.#newest = current
  }
}

/** The place of a slot in the ring. The first minute of a clock has slots before zero. */
function placeOf(slot: number): number {
  return (slot + slotCount) % slotCount
}
