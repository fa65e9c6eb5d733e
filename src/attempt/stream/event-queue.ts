import type { Chunk } from '../../contract/index.ts'
import type { ShownFrames } from './shown-frames.ts'

/** Characters queued for a slow reader before the provider is paused; it resumes when they are read. */
const highWaterMark = 16 * 1024
/** Characters that are taken at a time, more or less: while a client is slow, they are in memory twice, as text and as bytes. */
const maxTaken = 16 * 1024

/** Events not read yet, in their frames, with the chunk if it is one event that was parsed. */
export interface QueuedEvents {
  readonly frames: string
  readonly chunk: Chunk | undefined
}

/** Where the events come from. */
export interface Pausable {
  pause: () => void
  resume: () => void
}

/** The events between a provider and its one reader, which may be slower. */
export class EventQueue {
  /** Remembers all events, if the stream is to be recovered when it breaks. */
  readonly shown: ShownFrames | undefined
  #source: Pausable
  #events: QueuedEvents[] = []
  #length = 0
  #paused = false
  #ended = false
  #error: Error | undefined
  /** The reader, while it waits. */
  #reader: PromiseWithResolvers<boolean> | undefined

  constructor(source: Pausable, shown?: ShownFrames) {
    this.#source = source
    this.shown = shown
  }

  /** Continues with another source, which may be paused at once. */
  follow(source: Pausable): void {
    this.#source = source
    if (this.#paused) source.pause()
  }

  /** Whether as much is queued as a reader should leave. */
  get isFull(): boolean {
    return this.#length > highWaterMark
  }

  /** `more`: characters that wait for the same reader elsewhere, until it takes everything. */
  add(frames: string, chunk: Chunk | undefined, more = 0): void {
    this.#events.push({ frames, chunk })
    this.#length += frames.length + more
    this.shown?.add(frames)
  }

  /** Puts other events in the place of all that are queued, which nobody has begun to read. */
  replace(change: (events: readonly QueuedEvents[]) => readonly QueuedEvents[]): void {
    this.#events = [...change(this.#events)]
    this.#length = this.#events.reduce((length, { frames }) => length + frames.length, 0)
  }

  /** Ends the queue; an error is thrown to the reader after the events before it. */
  end(error?: Error): void {
    this.#ended = true
    this.#error = error
    this.flush()
  }

  /** Wakes the reader, and pauses the source if too much is queued. Called once for events that came together. */
  flush(): void {
    if (this.#reader && (this.#ended || this.#events.length > 0)) this.#wake(this.#reader)
    if (!this.isFull || this.#paused || this.#ended) return
    this.#paused = true
    this.#source.pause()
  }

  #wake(reader: PromiseWithResolvers<boolean>): void {
    this.#reader = undefined
    if (this.#events.length > 0) reader.resolve(true)
    else if (this.#error) reader.reject(this.#error)
    else reader.resolve(false)
  }

  /** Whether there is something to read, once that is known; false at the end. Throws the error that ended the queue. */
  ready(): boolean | Promise<boolean> {
    if (this.#events.length > 0) return true
    if (!this.#ended) return (this.#reader = Promise.withResolvers<boolean>()).promise
    if (this.#error) throw this.#error
    return false
  }

  /** Removes frames from the front, and returns them: all of them unless they are too many for one write. */
  takeText(): string {
    if (this.#length > maxTaken) return this.#takeSome()
    let text = ''
    for (const { frames } of this.takeAll()) text += frames
    return text
  }

  #takeSome(): string {
    let text = ''
    let at = 0
    for (; text.length < maxTaken; at++) {
      const event = this.#events[at]!
      const end = event.frames.indexOf('\n\n', maxTaken - text.length)
      // Only what was passed unparsed consists of several frames.
      if (event.chunk === undefined && end !== -1 && end + 2 < event.frames.length) {
        text += event.frames.slice(0, end + 2)
        this.#events[at] = { frames: event.frames.slice(end + 2), chunk: undefined }
        break
      }
      text += event.frames
    }
    this.#events.splice(0, at)
    this.#length -= text.length
    if (this.#events.length === 0) this.takeAll()
    return text
  }

  /** Removes and returns everything, and resumes a paused source. */
  takeAll(): readonly QueuedEvents[] {
    const events = this.#events
    this.#events = []
    this.#length = 0
    if (this.#paused) {
      this.#paused = false
      this.#source.resume()
    }
    return events
  }
}
