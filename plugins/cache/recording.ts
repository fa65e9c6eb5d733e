import type { MeterReading, Reply, ReplyEnd, ReplyHead, Wire } from '../../src/contract/index.ts'
import { framesOf } from './frames.ts'
import { detach } from '../../src/time/background.ts'

/** A reader of a recording, and its position. */
export interface Reader {
  /** Number of pieces read so far. */
  at: number
  /** Called when there may be more to read. */
  wake: () => void
}

export interface RecordingOptions {
  readonly meter: MeterReading
  /** Maximum number of bytes held. */
  readonly maxBytes: number
  /** Called when the answer has become too large to be stored or joined. */
  readonly onTooLarge: () => void
}

/**
 * A streamed answer with several concurrent readers, each at its own pace: the fastest pulls from the source, the others
 * read what is held. While the answer is within `maxBytes`, all of it is held. Once it is larger, only the pieces that some
 * reader still needs are held, and if these exceed the maximum, too, the fastest reader waits for the slowest.
 */
export class Recording {
  readonly head: ReplyHead
  /** The wire of the source, for its first reader. */
  readonly wire: Wire | undefined
  /** How the answer ended, with the usage of all its calls. */
  readonly done: Promise<ReplyEnd>
  /** All frames once the source has ended; undefined if it failed or was too large. */
  readonly text: Promise<string | undefined>
  readonly #source: AsyncIterator<string>
  readonly #options: RecordingOptions
  readonly #readers = new Set<Reader>()
  #frames: string[] = []
  /** Number of pieces that all readers have read and that are no longer held. */
  #dropped = 0
  #bytes = 0
  #tooLarge = false
  #pulling = false
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #resolveText: (text: string | undefined) => void = () => {}

  constructor(reply: Reply, options: RecordingOptions) {
    this.head = reply.head
    this.wire = reply.wire
    this.#source = framesOf(reply)
    this.#options = options
    this.text = new Promise(resolve => {
      this.#resolveText = resolve
    })
    this.done = reply.done.then(
      done => ({ ...done, usage: options.meter.usage }),
      // `done` should never reject, but a third party may have written it.
      (error: Error) => ({ usage: undefined, finish: [], error }),
    )
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether the recording can no longer be read from its beginning. */
  get tooLarge(): boolean {
    return this.#tooLarge
  }

  join(reader: Reader): void {
    this.#readers.add(reader)
  }

  leave(reader: Reader): void {
    if (this.#readers.delete(reader)) this.#trim()
  }

  /** Returns the reader's next piece, or undefined if it has to wait for `wake`. Throws the error of the source. */
  take(reader: Reader): { readonly frames: string } | 'end' | undefined {
    const frames = this.#frames[reader.at - this.#dropped]
    if (frames !== undefined) {
      reader.at++
      this.#trim()
      return { frames }
    }
    if (this.#failure) throw this.#failure.error
    if (this.#ended) return 'end'
    this.#pull()
    return undefined
  }

  #pull(): void {
    const waitsForSlowest = this.#tooLarge && this.#bytes > this.#options.maxBytes
    if (this.#pulling || waitsForSlowest) return
    this.#pulling = true
    detach(this.#pullOne(), 'recording an answer')
  }

  async #pullOne(): Promise<void> {
    try {
      const { done, value } = await this.#source.next()
      this.#pulling = false
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
    this.#resolveText(this.#tooLarge || this.#failure ? undefined : this.#frames.join(''))
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const reader of this.#readers) reader.wake()
  }

  /** Drops the pieces that all readers have read, unless the whole answer is held. */
  #trim(): void {
    if (!this.#tooLarge) return
    const read = Math.min(...[...this.#readers].map(reader => reader.at))
    const count = Math.min(read - this.#dropped, this.#frames.length)
    if (count <= 0) return
    for (const frames of this.#frames.splice(0, count)) this.#bytes -= Buffer.byteLength(frames)
    this.#dropped += count
    // The fastest reader may be waiting for space.
    this.#wakeAll()
  }
}
