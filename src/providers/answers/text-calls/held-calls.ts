import type { Offered, TextCall } from './forms.ts'
import { possibleStart, readCalls } from './read-calls.ts'

/** Number of beginnings in one answer that turn out to be text, before it is taken for a text about calls. */
const maxMistakes = 64

/** Length of a text that may be calls up to which it is read again with each piece. Longer ones are read as they grow by a quarter. */
const shortLength = 1024

/** The text of one choice, of which what may be calls at its end is held back. Its time is linear in the text. */
export class HeldCalls {
  readonly #offered: Offered
  #held = ''
  /** The length at which it is worth reading what is held back again. */
  #due = 0
  #mistakes = 0

  constructor(offered: Offered) {
    this.#offered = offered
  }

  /** Whether any text is held back. */
  get holds(): boolean {
    return this.#held !== ''
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
      passed += this.#held.slice(0, start)
      this.#keep(this.#held.slice(start))
      const read = readCalls(this.#held, isWhole, this.#offered)
      if (read === 'open') return { text: passed, calls: [] }
      if (read !== 'text') return { text: passed + this.#empty(), calls: read }
      this.#mistakes++
      passed += this.#held[0]
      this.#keep(this.#held.slice(1))
    }
    return { text: passed + this.release(), calls: [] }
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
