/** The end of a sentence, with which a model leads over to a call. */
const endOfSentence = /[.!?:…。！？：)]$/

/** Length of the texts that are kept to tell where a text has got to: longer than any tag of thoughts, and any fence's beginning. */
const keptLength = 16

/**
 * Where in a text a call may begin: templates put one at the start of the text or of a line, some right behind a sentence. A
 * call inside of a sentence, a quote, a fence or thoughts is an example, or a thought.
 */
export class CallPlaces {
  /** The beginning of the current line, without the spaces before it. */
  #line = ''
  /** The last characters. */
  #end = ''
  #isThinking = false
  /** The first characters of the fence that is open. */
  #fence: string | undefined

  /** Adds text that comes before the place in question. Its time is linear, however the text is cut. */
  add(text: string): void {
    const seen = this.#end.length
    const all = this.#end + text
    for (const { 0: tag, 1: slash, index } of all.matchAll(/<(\/?)think(?:ing)?>/g))
      if (index + tag.length > seen) this.#isThinking = slash === ''
    this.#end = all.slice(-keptLength)
    const [first = '', ...others] = text.split('\n')
    this.#addToLine(first)
    for (const line of others) {
      this.#endLine()
      this.#addToLine(line)
    }
  }

  /** Whether a call may begin here; `isDirect` if its form may stand right behind a sentence. */
  allows(isDirect: boolean): boolean {
    if (this.#isThinking || this.#fence !== undefined) return false
    if (this.#line === '' || /<\/think(?:ing)?>\s*$/.test(this.#end)) return true
    return isDirect && !this.#line.startsWith('>') && endOfSentence.test(this.#end)
  }

  #addToLine(text: string): void {
    if (this.#line.length < keptLength) this.#line = (this.#line + text).trimStart().slice(0, keptLength)
  }

  #endLine(): void {
    const mark = /^(?:```|~~~)/.exec(this.#line)?.[0]
    if (this.#fence === undefined) this.#fence = mark
    else if (this.#fence === mark) this.#fence = undefined
    this.#line = ''
  }
}
