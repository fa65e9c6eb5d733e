/** A value that can be a member of one `UnorderedSet` at a time. */
export interface SetMember {
  /** Its index in the set while it is a member; reserved for the set. */
  setIndex: number
}

/**
 * A set without order, for members that come and go constantly. A `Set` would keep former members alive, because its old
 * tables refer to the newer ones (decision 16).
 */
export class UnorderedSet<T extends SetMember> implements Iterable<T> {
  readonly #members: T[] = []

  get size(): number {
    return this.#members.length
  }

  /** Adds a value that is not a member. */
  add(member: T): void {
    member.setIndex = this.#members.push(member) - 1
  }

  /** Removes a value that is a member. */
  delete(member: T): void {
    const last = this.#members.pop()!
    if (last === member) return
    this.#members[member.setIndex] = last
    last.setIndex = member.setIndex
  }

  /** Iterates over the current members, even if some are removed meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return this.#members.slice().values()
  }
}
