import type { TextPart } from '../../text/text-part.ts'
import { piecesOf } from './event-pieces.ts'
import type { Piece } from './event-pieces.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'

/** Characters of a streamed answer that are held; further ones are left out. */
const maxHeld = 4 * 1024 * 1024
/** Parts of a streamed answer that are held: a provider may number each piece as another one. */
const maxParts = 10_000

interface Growing {
  readonly role: string
  readonly choice: number
  text: string
}

/** The texts of a streamed answer, as far as its reader has seen it. */
export class AnswerSoFar {
  readonly #parts = new Map<string, Growing>()
  #length = 0
  #leftOut = 0

  /** Reads events in their frames, in any dialect. */
  readFrames(frames: string): void {
    for (const line of frames.split('\n')) {
      const data = line.startsWith('data:') ? line.slice(5).trim() : ''
      if (data.startsWith('{')) this.readEvent(jsonOrUndefined(data))
    }
  }

  readEvent(event: unknown): void {
    for (const piece of piecesOf(event)) this.#add(piece)
  }

  #add({ role, place, choice, text }: Piece): void {
    const key = `${choice} ${role} ${place}`
    const part = this.#parts.get(key)
    if (this.#length + text.length > maxHeld || (!part && this.#parts.size >= maxParts)) {
      this.#leftOut += text.length
      return
    }
    this.#length += text.length
    if (part) part.text += text
    else this.#parts.set(key, { role, choice, text })
  }

  get parts(): TextPart[] {
    const parts = [...this.#parts.values()].map(({ role, choice, text }) => ({
      role,
      text: text.toWellFormed(),
      ...(choice > 0 && { choice }),
    }))
    const last = parts.at(-1)
    return this.#leftOut === 0 || !last
      ? parts
      : [...parts.slice(0, -1), { ...last, left_out: this.#leftOut }]
  }
}
