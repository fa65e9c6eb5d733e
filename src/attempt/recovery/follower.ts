/** Follows a text that is written a second time: compares it with the first, and lets through only the part beyond. */
export class Follower {
  readonly #shown: string
  #at = 0

  /** `shown`: the text that must come again first. */
  constructor(shown: string) {
    this.#shown = shown
  }

  /** Whether all that was shown has come again. */
  get caughtUp(): boolean {
    return this.#at >= this.#shown.length
  }

  /** The part of a piece beyond what was shown, maybe empty; undefined if the piece differs from what was shown. */
  add(piece: string): string | undefined {
    const due = this.#shown.slice(this.#at, this.#at + piece.length)
    if (!piece.startsWith(due)) return undefined
    this.#at += piece.length
    return piece.slice(due.length)
  }
}
