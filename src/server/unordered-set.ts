/** Who may be one of a crowd, at one place at a time. */
export interface Attendee {
  /** Where it stands while it is there; for the crowd alone. */
  place: number
}

/**
 * Those who are there, in no order. Made for members that come and go all the time: a set would keep those that have
 * left, since its old tables lead to the newer ones (decision 16).
 */
export class Crowd<T extends Attendee> implements Iterable<T> {
  readonly #members: T[] = []

  get size(): number {
    return this.#members.length
  }

  /** Adds a member that is not there yet. */
  add(member: T): void {
    member.place = this.#members.push(member) - 1
  }

  /** Takes a member out that is there. */
  delete(member: T): void {
    const last = this.#members.pop()!
    if (last === member) return
    this.#members[member.place] = last
    last.place = member.place
  }

  /** All who are there now, whoever leaves meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return this.#members.slice().values()
  }
}
