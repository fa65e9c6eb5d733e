import { isRemark } from './remark.ts'

/** Characters at the end of a text that its continuation may repeat. */
const maxOverlap = 400
/** Characters that must be the same to count as a repetition, wherever they begin: fewer are the same by chance. */
const minOverlap = 12
/** Characters of whole words that must be the same. */
const minWords = 3

/**
 * Joins a text and its continuation: what the continuation repeats of the end of the text is left out, and so is space that
 * would be doubled. A few words count as a repetition only if they are whole words in both. A model that was asked to repeat
 * the end of the text, repeats nothing and speaks to the reader instead does not continue.
 */
export class Seam {
  /** The end of the text, and the space behind it, which a model may leave out of a repetition. */
  readonly #tails: readonly string[]
  readonly #space: string
  readonly #anchor: string
  #held = ''
  #isClosed = false

  /** `anchor`: the end of the text that the model was asked to repeat. */
  constructor(text: string, anchor = '') {
    this.#anchor = anchor
    const tail = text.slice(-maxOverlap)
    const trimmed = tail.trimEnd()
    this.#tails = trimmed === tail ? [tail] : [tail, trimmed]
    this.#space = tail.slice(trimmed.length)
  }

  /** The text to add now: empty while the pieces so far may be the start of a repetition; undefined as in `end`. */
  add(piece: string): string | undefined {
    if (this.#isClosed) return piece
    this.#held += piece
    const isOpen = this.#tails.some(tail => mayRepeat(tail, this.#held)) || this.#mayBeRemark()
    return isOpen ? '' : this.end()
  }

  /** The text that is still held back, without the repetition; undefined if it does not continue. */
  end(): string | undefined {
    const held = this.#held
    this.#held = ''
    this.#isClosed = true
    const [whole = '', trimmed] = this.#tails
    const repeated = overlapOf(whole, held)
    if (repeated > 0) return held.slice(repeated)
    const said = trimmed === undefined ? 0 : overlapOf(trimmed, held)
    if (said === 0 && held !== '' && this.#departs(held)) return undefined
    return trimmed === undefined ? held : this.#withoutSpace(held.slice(said))
  }

  /** Whether a text that repeats nothing does so in other words, or is a remark. */
  #departs(held: string): boolean {
    if (this.#anchor === '') return false
    const start = this.#anchor.slice(0, minOverlap)
    return (start.length === minOverlap && held.startsWith(start)) || isRemark(`${held}\n`) === true
  }

  /** Whether more text could show that what is held is a remark. */
  #mayBeRemark(): boolean {
    return this.#anchor !== '' && isRemark(this.#held) === undefined
  }

  /** A rest that begins behind the last word, without the space that the text already has there. */
  #withoutSpace(rest: string): string {
    if (rest.startsWith(this.#space)) return rest.slice(this.#space.length)
    const own = rest.slice(0, rest.length - rest.trimStart().length)
    return this.#space.endsWith(own) ? rest.trimStart() : rest
  }
}

/** Whether more text could show that `held` repeats more of the end of a text than it does by now. */
function mayRepeat(tail: string, held: string): boolean {
  for (let start = 0; start < tail.length && tail.length - start >= minWords; start++) {
    const length = tail.length - start
    const isLong = length >= minOverlap
    // The end of its last word shows only with the next character.
    if (held.length > length || (held.length === length && isLong)) continue
    if (tail.startsWith(held, start) && (isLong || beginsWord(tail, start))) return true
  }
  return false
}

/** The number of characters with which `held` repeats the end of a text. */
function overlapOf(tail: string, held: string): number {
  for (let length = Math.min(held.length, tail.length); length >= minWords; length--) {
    const start = tail.length - length
    if (!held.startsWith(tail.slice(start))) continue
    if (length >= minOverlap) return length
    if (beginsWord(tail, start) && !isWord.test(held.slice(length - 1, length + 1))) return length
  }
  return 0
}

/** Two characters of one word. */
const isWord = /^[\p{L}\p{N}_]{2}$/u

/** Whether letters begin here that are a word of their own. */
function beginsWord(text: string, at: number): boolean {
  return /^\p{L}/u.test(text.slice(at)) && !isWord.test(text.slice(Math.max(0, at - 1), at + 1))
}
