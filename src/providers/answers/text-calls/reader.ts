import { ObjectEnd } from '../../../chat/object-end.ts'
import { fieldsOf } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import { jsonOrUndefined } from '../../../text/json/parse.ts'

const space = /\s*/y
const nameCharacters = /[\w-]*/y
const digits = /\d*/y

/**
 * Reads a text that may not be whole yet from its start. Each method moves behind what it has found, and otherwise tells in
 * `isOpen` whether more text could have been that.
 */
export class Reader {
  readonly text: string
  /** Whether no more text will come. */
  readonly isWhole: boolean
  at = 0
  isOpen = false

  constructor(text: string, isWhole: boolean) {
    this.text = text
    this.isWhole = isWhole
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  skipSpace(): this {
    this.#match(space)
    return this
  }

  /** Whether a literal follows. */
  takes(literal: string): boolean {
    if (this.text.startsWith(literal, this.at)) {
      this.at += literal.length
      return true
    }
    const left = this.text.length - this.at
    if (left < literal.length && literal.startsWith(this.text.slice(this.at))) this.isOpen = true
    return false
  }

  /** Whether a literal follows that ends something, or the text has ended without it: services cut off marks that end a turn. */
  closes(literal: string): boolean {
    return (this.isWhole && this.isAtEnd) || this.takes(literal)
  }

  /** The text before the next occurrence of a literal. */
  until(literal: string): string | undefined {
    const end = this.text.indexOf(literal, this.at)
    if (end === -1) {
      this.isOpen = true
      return undefined
    }
    const found = this.text.slice(this.at, end)
    this.at = end + literal.length
    return found
  }

  /** One of some names of functions. */
  oneOf(names: ReadonlyMap<string, unknown>): string | undefined {
    const name = this.#match(nameCharacters)
    if (this.isAtEnd && names.keys().some(known => known.startsWith(name))) this.isOpen = true
    return names.has(name) ? name : undefined
  }

  skipDigits(): void {
    this.#match(digits)
  }

  /** The text and the fields of a JSON object. */
  object(): { readonly text: string; readonly fields: Fields } | undefined {
    const end = new ObjectEnd()
    const rest = this.text.slice(this.at)
    const length = end.add(rest)
    if (!end.reached) {
      if (rest.trim() === '' || rest.trimStart().startsWith('{')) this.isOpen = true
      return undefined
    }
    const text = rest.slice(0, length)
    const fields = fieldsOf(jsonOrUndefined(text))
    if (!fields) return undefined
    this.at += length
    return { text: text.trim(), fields }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }
}
