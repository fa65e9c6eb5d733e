import { ObjectEnd } from './object-end.ts'

/**
 * The text of an object that arrives in pieces. It is read only when asked about, each character once: what most services
 * send needs no reading.
 */
export class ObjectText {
  #end = new ObjectEnd()
  #read = ''
  #unread = ''
  /** The object without blanks around it, once it has ended. */
  #whole: string | undefined

  /** Adds a piece. An object after an empty one replaces it, which was a placeholder. */
  add(piece: string): void {
    if (this.#whole === undefined) this.#unread += piece
    else if (this.isEmpty && beginsObject(piece)) this.#restart(piece)
  }

  /** Whether the object has ended; never of a text that begins with anything else. */
  get isWhole(): boolean {
    if (this.#whole === undefined && this.#unread !== '') this.#readOn()
    return this.#whole !== undefined
  }

  /** Whether it is the object without fields, as far as it has been read. */
  get isEmpty(): boolean {
    return this.#whole === '{}'
  }

  /** Whether a piece that follows is the whole object once more. */
  isRepeatedBy(piece: string): boolean {
    return beginsObject(piece) && this.isWhole && piece.trim() === this.#whole
  }

  #readOn(): void {
    const length = this.#end.add(this.#unread)
    this.#read += this.#unread.slice(0, length)
    this.#unread = ''
    if (this.#end.reached) this.#whole = this.#read.trim()
  }

  #restart(piece: string): void {
    this.#end = new ObjectEnd()
    this.#read = ''
    this.#unread = piece
    this.#whole = undefined
  }
}

/** Whether a piece could be the start of an object. */
export function beginsObject(piece: string): boolean {
  return /^\s*\{/.test(piece)
}
