import type { Chunk, ChunkChoice } from '../../../contract/index.ts'
import { fieldsOf } from '../../../chat/read/fields.ts'
import { jsonOrUndefined } from '../../../text/json/parse.ts'

/** Number of characters of frames that are kept before they are read. */
const maxKept = 262_144

/** Frames of a stream that were passed on unread. They are read only when it matters what they said. */
export class UnreadFrames {
  readonly #note: (choice: ChunkChoice) => void
  #frames = ''

  /** `note` is called with each choice of the frames, in order. */
  constructor(note: (choice: ChunkChoice) => void) {
    this.#note = note
  }

  add(frames: string): void {
    this.#frames += frames
    if (this.#frames.length > maxKept) this.read()
  }

  /** Reads the frames that were kept. */
  read(): void {
    if (this.#frames === '') return
    const lines = this.#frames.split('\n')
    this.#frames = ''
    for (const line of lines) {
      if (!line.startsWith('data:')) continue
      const { choices } = (fieldsOf(jsonOrUndefined(line.slice(5))) ?? {}) as Partial<Chunk>
      if (Array.isArray(choices))
        for (const choice of choices as readonly ChunkChoice[]) if (fieldsOf(choice)) this.#note(choice)
    }
  }
}
