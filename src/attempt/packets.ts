import { detach } from '../time/background.ts'

const resolved = Promise.resolve()

/** Maximum bytes that wait. Beyond it they are read at once, so that the provider can be paused within the same turn. */
const maxWaiting = 8 * 1024

/** The packets of one turn of the event loop, which are read together unless they are many. */
export class Packets {
  readonly #read: (bytes: Buffer) => void
  #waiting: Buffer[] = []
  #length = 0

  /** `read` is called with the bytes of all packets that wait. It must not throw: its call would wait forever. */
  constructor(read: (bytes: Buffer) => void) {
    this.#read = read
  }

  add(bytes: Buffer): void {
    this.#length += bytes.length
    // Unlike queueMicrotask, this does without an async resource for each packet.
    if (this.#waiting.push(bytes) === 1)
      detach(resolved.then(this.#readWaiting), 'reading what a provider sent')
    if (this.#length > maxWaiting) this.#readWaiting()
  }

  /** Has what waits read now. */
  flush(): void {
    this.#readWaiting()
  }

  readonly #readWaiting = (): void => {
    if (this.#waiting.length === 0) return
    const bytes = this.#waiting.length === 1 ? this.#waiting[0]! : Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#length = 0
    this.#read(bytes)
  }
}
