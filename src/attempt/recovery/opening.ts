/** Characters that must be the same to count as a repetition: fewer are the same by chance. */
export const minRepetition = 12

/**
 * Watches how a continuation opens: some models start the whole answer over, whatever they were asked. Such a text is held
 * back while it repeats what was shown, and shown from there, as a verified restart is.
 */
export class Opening {
  readonly #shown: string
  #held = ''
  #isOver = false
  /** Whether all that was shown has come again. */
  startedOver = false

  /** `shown`: at least `minRepetition` characters. */
  constructor(shown: string) {
    this.#shown = shown
  }

  /** The text beyond what was shown, maybe empty; undefined if it started over and then departed. */
  add(piece: string): string | undefined {
    if (this.#isOver) return piece
    this.#held += piece
    const same = commonLength(this.#held, this.#shown)
    this.startedOver = same === this.#shown.length
    if (this.startedOver) return this.#close(same)
    if (same === this.#held.length) return ''
    return same < minRepetition ? this.#close(0) : undefined
  }

  /** The text still held back at the end; undefined if the answer started over and ended too early. */
  end(): string | undefined {
    if (this.#isOver) return ''
    return this.#held.length < minRepetition ? this.#close(0) : undefined
  }

  #close(from: number): string {
    this.#isOver = true
    return this.#held.slice(from)
  }
}

/** The number of characters with which both texts begin. */
function commonLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length++
  return length
}
