import type { Done, Meter, Reply, ReplyHead, Wire } from '../../src/contract/index.ts'
import { framesOf } from './frames.ts'

/** Who reads a recording, and how far. */
export interface Reader {
  /** Number of pieces read. */
  at: number
  /** Called when there may be more to read. */
  wake: () => void
}

export interface RecordingOptions {
  readonly meter: Meter
  /** Bytes held at most while everything is kept from the beginning on. */
  readonly maxBytes: number
  /** Told when the answer has become too large: it can neither be kept nor be joined any more. */
  readonly onTooLarge: () => void
}

/**
 * A streamed answer that several read at once, each at its own pace: the fastest draws it from its source, the others
 * follow in what is held. Once it is too large, only what somebody has yet to read is held, and the fastest waits for the
 * slowest where that is too much as well.
 */
export class Recording {
  readonly head: ReplyHead
  /** The source's wire, for its first reader. */
  readonly wire: Wire | undefined
  /** How the answer ended, with the usage of all calls it took. */
  readonly done: Promise<Done>
  /** All frames, when the source has ended; undefined where it broke off or was too large. */
  readonly text: Promise<string | undefined>
  readonly #source: AsyncIterator<string>
  readonly #options: RecordingOptions
  readonly #readers = new Set<Reader>()
  #frames: string[] = []
  /** Pieces that everybody has read and that are gone. */
  #dropped = 0
  #bytes = 0
  #tooLarge = false
  #drawing = false
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #settleText: (text: string | undefined) => void = () => {}

  constructor(reply: Reply, options: RecordingOptions) {
    this.head = reply.head
    this.wire = reply.wire
    this.#source = framesOf(reply)
    this.#options = options
    this.text = new Promise(resolve => {
      this.#settleText = resolve
    })
    this.done = reply.done.then(
      done => ({ ...done, usage: options.meter.usage }),
      // Promised not to happen, by what may be a third party's.
      (error: Error) => ({ usage: undefined, finish: [], error }),
    )
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether it can no longer be read from its beginning. */
  get tooLarge(): boolean {
    return this.#tooLarge
  }

  join(reader: Reader): void {
    this.#readers.add(reader)
  }

  leave(reader: Reader): void {
    if (this.#readers.delete(reader)) this.#trim()
  }

  /** What the reader has not read yet; undefined where it has to wait for `wake`. Throws what broke the source. */
  take(reader: Reader): { readonly frames: string } | 'end' | undefined {
    const frames = this.#frames[reader.at - this.#dropped]
    if (frames !== undefined) {
      reader.at++
      this.#trim()
      return { frames }
    }
    if (this.#failure) throw this.#failure.error
    if (this.#ended) return 'end'
    this.#draw()
    return undefined
  }

  #draw(): void {
    const waitsForSlowest = this.#tooLarge && this.#bytes > this.#options.maxBytes
    if (this.#drawing || waitsForSlowest) return
    this.#drawing = true
    void this.#drawOne()
  }

  async #drawOne(): Promise<void> {
    try {
      const { done, value } = await this.#source.next()
      this.#drawing = false
      if (done === true) this.#end()
      else this.#hold(value)
    } catch (error) {
      this.#failure = { error }
      this.#end()
    }
  }

  #hold(frames: string): void {
    this.#frames.push(frames)
    this.#bytes += Buffer.byteLength(frames)
    if (!this.#tooLarge && this.#bytes > this.#options.maxBytes) {
      this.#tooLarge = true
      this.#options.onTooLarge()
    }
    this.#wakeAll()
  }

  #end(): void {
    this.#ended = true
    this.#settleText(this.#tooLarge || this.#failure ? undefined : this.#frames.join(''))
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const reader of this.#readers) reader.wake()
  }

  /** Lets go of what everybody has read, where not all is kept anyway. */
  #trim(): void {
    if (!this.#tooLarge) return
    const read = Math.min(...[...this.#readers].map(reader => reader.at))
    const count = Math.min(read - this.#dropped, this.#frames.length)
    if (count <= 0) return
    for (const frames of this.#frames.splice(0, count)) this.#bytes -= Buffer.byteLength(frames)
    this.#dropped += count
    // The fastest may be waiting for the room.
    this.#wakeAll()
  }
}
