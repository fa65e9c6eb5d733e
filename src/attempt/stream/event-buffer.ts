import type { Chunk } from '../../contract/index.ts'

/** Characters held for a slow reader before the provider is paused; it goes on when half of them are read. */
const highWater = 64 * 1024

/** What a reader has not taken yet: events in their frames, with the chunk where a single one was parsed. */
export interface Held {
  readonly frames: string
  readonly chunk: Chunk | undefined
}

/** Where the events come from. */
export interface Pausable {
  pause: () => void
  resume: () => void
}

/** The events between a provider and a reader that may be slower. */
export class HeldEvents {
  readonly #source: Pausable
  #events: Held[] = []
  #characters = 0
  #paused = false

  constructor(source: Pausable) {
    this.#source = source
  }

  get empty(): boolean {
    return this.#events.length === 0
  }

  add(frames: string, chunk: Chunk | undefined): void {
    this.#events.push({ frames, chunk })
    this.#characters += frames.length
  }

  /** Holds the source back where too much has gathered; called once for what came together. */
  settle(): void {
    if (this.#characters <= highWater || this.#paused) return
    this.#paused = true
    this.#source.pause()
  }

  /** Everything that is held. */
  takeAll(): readonly Held[] {
    const events = this.#events
    this.#events = []
    this.#characters = 0
    if (this.#paused) {
      this.#paused = false
      this.#source.resume()
    }
    return events
  }
}
