/** Characters at the end of a text that its continuation may repeat. */
const maxOverlap = 400
/** Characters that must be the same to count as a repetition: fewer are the same by chance. */
const minOverlap = 12

/** Joins a text and its continuation: what the continuation repeats of the end of the text is left out. */
export class Seam {
  readonly #tail: string
  #held = ''
  #isClosed = false

  constructor(text: string) {
    this.#tail = text.slice(-maxOverlap)
  }

  /** The text to add now: empty while the pieces so far may be the start of a repetition. */
  add(piece: string): string {
    if (this.#isClosed) return piece
    this.#held += piece
    return this.#mayRepeat() ? '' : this.end()
  }

  /** The text that is still held back, without the repetition. */
  end(): string {
    const held = this.#held
    this.#held = ''
    this.#isClosed = true
    for (let length = Math.min(held.length, this.#tail.length); length >= minOverlap; length--)
      if (this.#tail.endsWith(held.slice(0, length))) return held.slice(length)
    return held
  }

  /** Whether a longer end of the text begins with all that is held. */
  #mayRepeat(): boolean {
    const last = this.#tail.length - Math.max(this.#held.length + 1, minOverlap)
    for (let start = 0; start <= last; start++) if (this.#tail.startsWith(this.#held, start)) return true
    return false
  }
}
