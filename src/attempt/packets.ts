const resolved = Promise.resolve()

/** The packets of one turn of the event loop, which are read together. */
export class Packets {
  readonly #read: (bytes: Buffer) => void
  #waiting: Buffer[] = []

  /** `read` is called with the bytes of all packets that wait. */
  constructor(read: (bytes: Buffer) => void) {
    this.#read = read
  }

  add(bytes: Buffer): void {
    // Unlike queueMicrotask, this does without an async resource for each packet.
    if (this.#waiting.push(bytes) === 1) void resolved.then(this.#readWaiting)
  }

  /** Has what waits read now. */
  flush(): void {
    this.#readWaiting()
  }

  readonly #readWaiting = (): void => {
    if (this.#waiting.length === 0) return
    const bytes = this.#waiting.length === 1 ? this.#waiting[0]! : Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#read(bytes)
  }
}
