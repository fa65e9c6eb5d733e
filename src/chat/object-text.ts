import { jsonOrUndefined } from '../text/json/parse.ts'
import { ObjectEnd } from './object-end.ts'

/**
 * The text of an object that arrives in pieces. It is read only when asked about, each character once: what most services
 * send needs no reading.
 */
export class ObjectText {
  readonly #end = new ObjectEnd()
  #read = ''
  #unread = ''
  #isWhole = false
  /** The whole object without blanks, once somebody has asked. */
  #compact: string | undefined

  add(piece: string): void {
    if (!this.#isWhole) this.#unread += piece
  }

  /** Whether the object has ended; never of a text that begins with anything else. */
  get isWhole(): boolean {
    if (!this.#isWhole && this.#unread !== '') this.#readOn()
    return this.#isWhole
  }

  /** Whether a piece that follows is the whole object once more, perhaps with other blanks. */
  isRepeatedBy(piece: string): boolean {
    if (!beginsObject(piece) || !this.isWhole) return false
    this.#compact ??= compact(this.#read)
    return compact(piece) === this.#compact
  }

  /** Whether a piece that follows is the start of the object, of which an empty one was the placeholder. */
  isReplacedBy(piece: string): boolean {
    return beginsObject(piece) && this.isWhole && isEmptyObject(this.#read)
  }

  #readOn(): void {
    const length = this.#end.add(this.#unread)
    this.#read += this.#unread.slice(0, length)
    this.#unread = ''
    this.#isWhole = this.#end.reached
  }
}

/** Whether a piece could be the start of an object. */
export function beginsObject(piece: string): boolean {
  return /^\s*\{/.test(piece)
}

/** Whether a text is an object without fields. */
export function isEmptyObject(text: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(text)
}

/** A text of JSON without blanks; another one without those around it. */
function compact(text: string): string {
  const value = jsonOrUndefined(text)
  return value === undefined ? text.trim() : JSON.stringify(value)
}
