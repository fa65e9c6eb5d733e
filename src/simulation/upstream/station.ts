/** The capacity of a provider: it works on some calls at a time, and lets others wait in line. */
export class Station {
  readonly #concurrent: number
  readonly #waiting: number
  #running = 0
  readonly #line = new Set<() => void>()

  constructor({ concurrent, waiting }: { readonly concurrent: number; readonly waiting: number }) {
    this.#concurrent = concurrent
    this.#waiting = waiting
  }

  /**
   * Calls `begin` when there is room for one more call, maybe at once. Returns the function with which the call leaves,
   * whether it has begun or still waits; undefined if the line is full.
   */
  enter(begin: () => void): (() => void) | undefined {
    if (this.#running < this.#concurrent) {
      this.#running += 1
      begin()
      return once(() => this.#leave())
    }
    if (this.#line.size >= this.#waiting) return undefined
    let hasBegun = false
    const start = (): void => {
      hasBegun = true
      begin()
    }
    this.#line.add(start)
    return once(() => {
      if (hasBegun) this.#leave()
      else this.#line.delete(start)
    })
  }

  #leave(): void {
    const [next] = this.#line
    if (!next) {
      this.#running -= 1
      return
    }
    this.#line.delete(next)
    next()
  }
}

function once(leave: () => void): () => void {
  let hasLeft = false
  return () => {
    if (hasLeft) return
    hasLeft = true
    leave()
  }
}
