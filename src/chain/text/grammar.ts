import { HulumanageError } from '../../contract/index.ts'
import { spot } from './caret.ts'

/** A chain as text, read into a tree. Parentheses are kept: they bound what a wrapper governs. */
export type Tree =
  | { readonly kind: 'step'; readonly name: string; /** Offset in the text. */ readonly at: number }
  | { readonly kind: 'group'; readonly inner: Tree }
  | { readonly kind: 'sequence'; readonly parts: readonly Tree[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Tree[] }
  | { readonly kind: 'stack'; readonly parts: readonly Tree[] }

/** What a chain may be at most, and where its text came from. */
export interface ChainText {
  readonly text: string
  /** Most steps, and most levels of parentheses. */
  readonly limit: number
  /** The request field or configuration key that holds the text, for errors. */
  readonly param: string
}

/**
 * Reads a chain; spaces do not count. Throws `invalid_chain` or `chain_too_long`, with a caret at the spot. `from` and
 * `to` bound the part of the text to read, where the rest of it is a model id.
 *
 *     stack := any { "-" any }      any := then { "|" then }
 *     then  := step { "&" step }    step := name | "(" stack ")"
 */
export function parseChain(source: ChainText, from = 0, to = source.text.length): Tree {
  return new Parser(source, from, to).chain()
}

class Parser {
  readonly #source: ChainText
  readonly #end: number
  #at: number
  #steps = 0
  #level = 0

  constructor(source: ChainText, from: number, to: number) {
    this.#source = source
    this.#at = from
    this.#end = to
  }

  chain(): Tree {
    const tree = this.#stack()
    if (this.#peek() === ')') this.#fail('there is no "(" to this ")"')
    if (this.#at < this.#end) this.#fail('"-", "|" or "&" should stand between two steps')
    return tree
  }

  #stack(): Tree {
    return this.#list('stack', '-', () => this.#any())
  }

  #any(): Tree {
    return this.#list('parallel', '|', () => this.#then())
  }

  #then(): Tree {
    return this.#list('sequence', '&', () => this.#step())
  }

  #list(kind: 'stack' | 'parallel' | 'sequence', operator: string, part: () => Tree): Tree {
    const first = part()
    if (this.#peek() !== operator) return first
    const parts = [first]
    while (this.#peek() === operator) {
      this.#at++
      parts.push(part())
    }
    return { kind, parts }
  }

  #step(): Tree {
    if (this.#peek() === '(') return this.#group()
    const name = /[a-z][a-z0-9_]*/y
    name.lastIndex = this.#at
    const found = name.exec(this.#source.text)?.[0].slice(0, this.#end - this.#at)
    if (!found) {
      this.#fail('a step name should stand here: lower case letters, digits and underscores, a letter first')
    }
    if (++this.#steps > this.#source.limit) this.#tooLong('steps')
    const at = this.#at
    this.#at += found.length
    return { kind: 'step', name: found, at }
  }

  #group(): Tree {
    const open = this.#at++
    if (++this.#level > this.#source.limit) this.#tooLong('levels of parentheses')
    const inner = this.#stack()
    if (this.#peek() !== ')') this.#fail('this "(" is never closed', open)
    this.#at++
    this.#level--
    return { kind: 'group', inner }
  }

  /** The next character that is no space. */
  #peek(): string | undefined {
    const { text } = this.#source
    while (this.#at < this.#end && text[this.#at] === ' ') this.#at++
    return this.#at < this.#end ? text[this.#at] : undefined
  }

  #fail(what: string, at = this.#at): never {
    const { text, param } = this.#source
    throw new HulumanageError('invalid_chain', `The chain does not parse: ${what}${spot(text, at)}`, {
      param,
    })
  }

  #tooLong(what: string): never {
    const { text, limit, param } = this.#source
    const message = `The chain has more than the ${limit} ${what} that limits.steps allows${spot(text, this.#at)}`
    throw new HulumanageError('chain_too_long', message, { param })
  }
}
