const word = /[\p{L}\p{M}\d]+/gu

/**
 * A list of words and phrases in any languages whose words are apart. Looking one up reads the words of the text, not the
 * list, so a list may be as long as it needs to be.
 */
export class Phrases {
  readonly #all: ReadonlySet<string>
  /** The first word of each phrase: most words of a text begin none. */
  readonly #starts: ReadonlySet<string>
  readonly #longest: number

  /** Phrases of one line are separated by commas; case does not count, and neither do apostrophes and other marks. */
  constructor(...lines: readonly string[]) {
    const phrases = lines.flatMap(line => line.split(',')).map(phrase => wordsOf(phrase))
    this.#all = new Set(phrases.map(words => words.join(' ')))
    this.#starts = new Set(phrases.map(([first = '']) => first))
    this.#longest = Math.max(...phrases.map(words => words.length))
  }

  /** The number of words of the longest phrase that starts at this word; 0 if none does. */
  lengthAt(words: readonly string[], at: number): number {
    if (!this.#starts.has(words[at] ?? '')) return 0
    for (let length = Math.min(this.#longest, words.length - at); length > 0; length--)
      if (this.#all.has(words.slice(at, at + length).join(' '))) return length
    return 0
  }

  /** Whether words end with a phrase. */
  endsIn(words: readonly string[]): boolean {
    const first = Math.max(0, words.length - this.#longest)
    return words.slice(first).some((_word, skipped) => this.#all.has(words.slice(first + skipped).join(' ')))
  }

  /** Whether a phrase occurs anywhere in the words. */
  isIn(words: readonly string[]): boolean {
    return words.some((_word, at) => this.lengthAt(words, at) > 0)
  }
}

/** The words and numbers of a text, in small letters. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(word) ?? []
}
