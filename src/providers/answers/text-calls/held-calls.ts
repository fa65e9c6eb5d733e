import { CallPlaces } from './call-places.ts'
import type { Offered, TextCall } from './text-call.ts'
import { mayStart, possibleStart, readCalls } from './read-calls.ts'

/** Maximum number of false starts in one answer before the rest passes as text. */
const maxMistakes = 64

/** Length of a text that may be calls up to which it is read again with each piece. Longer ones are read as they grow by a quarter. */
const shortLength = 1024

/** The text of one choice, of which what may be calls at its end is held back. Its time is linear in the text. */
export class HeldCalls {
  readonly #offered: Offered
  readonly #isSingle: boolean
  readonly #places = new CallPlaces()
  #held = ''
  /** The length at which it is worth reading what is held back again. */
  #due = 0
  #mistakes = 0

  /** `isSingle`: whether the request allows one call at a time. Of several, only the first is made. */
  constructor(offered: Offered, isSingle = false) {
    this.#offered = offered
    this.#isSingle = isSingle
  }

  /** Whether any text is held back. */
  get holds(): boolean {
    return this.#held !== ''
  }

  /** Notes a piece of the text that was passed on while nothing was held back. */
  pass(piece: string): void {
    this.#places.add(piece)
  }

  /** Adds a piece of the text, and returns what can be passed on now. */
  add(piece: string): string {
    this.#held += piece
    return this.#held.length < this.#due ? '' : this.#pass(false).text
  }

  /** The rest of the text, and the calls that it ended with. */
  end(): { readonly text: string; readonly calls: readonly TextCall[] } {
    return this.#pass(true)
  }

  /** The rest of a text that was cut off, or has calls beside it, which is text. */
  release(): string {
    const text = this.#held
    this.#keep('')
    return text
  }

  #pass(isWhole: boolean): { readonly text: string; readonly calls: readonly TextCall[] } {
    let passed = ''
    while (this.#mistakes < maxMistakes) {
      const start = possibleStart(this.#held)
      if (start === -1) break
      passed += this.#passOn(start)
      if (!mayStart(this.#held, this.#places)) {
        passed += this.#passOn(1)
        continue
      }
      const read = readCalls(this.#held, isWhole, this.#offered)
      if (read === 'open') return { text: passed, calls: [] }
      if (read !== 'text')
        return { text: passed + this.#empty(), calls: this.#isSingle ? read.slice(0, 1) : read }
      this.#mistakes++
      passed += this.#passOn(1)
    }
    return { text: passed + this.#passOn(this.#held.length), calls: [] }
  }

  /** The first characters of what is held back, as text. */
  #passOn(length: number): string {
    const text = this.#held.slice(0, length)
    this.#places.add(text)
    this.#keep(this.#held.slice(length))
    return text
  }

  #empty(): '' {
    this.#keep('')
    return ''
  }

  #keep(text: string): void {
    this.#held = text
    this.#due = text.length < shortLength ? 0 : text.length * 1.25
  }
}
