/** Something that is due at a time. Its index in the heap is kept on it, so that it can be removed at once. */
export interface Timed {
  /** Milliseconds on the virtual clock. */
  at: number
  /** Decides between those that are due at the same time: the one that was set first. */
  order: number
  /** Index in the heap; -1 while it is not in it. */
  index: number
}

/** A binary heap of what is due, the first on top. Most timers are cleared before they fire, so removal is as quick as insertion. */
export class TimerHeap<T extends Timed> {
  readonly #items: T[] = []

  get first(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  /** Removes an item; does nothing if it is not in the heap. */
  remove(item: T): void {
    const { index } = item
    if (index < 0) return
    item.index = -1
    const last = this.#items.pop()!
    if (last === item) return
    this.#sink(last, index)
    if (last.index === index) this.#rise(last, index)
  }

  #rise(item: T, from: number): void {
    const items = this.#items
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = items[above]!
      if (!isBefore(item, parent)) break
      this.#put(parent, index)
      index = above
    }
    this.#put(item, index)
  }

  #sink(item: T, from: number): void {
    const items = this.#items
    let index = from
    for (;;) {
      let below = index * 2 + 1
      if (below >= items.length) break
      if (below + 1 < items.length && isBefore(items[below + 1]!, items[below]!)) below += 1
      const child = items[below]!
      if (!isBefore(child, item)) break
      this.#put(child, index)
      index = below
    }
    this.#put(item, index)
  }

  #put(item: T, index: number): void {
    this.#items[index] = item
    item.index = index
  }
}

function isBefore(one: Timed, other: Timed): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
