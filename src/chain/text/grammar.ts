import { HulumanageError } from '../../contract/index.ts'
import { caretAt } from './caret.ts'

/** A parsed chain. Parentheses are kept, since they limit the scope of a wrapper. */
export type Tree =
  | { readonly kind: 'step'; readonly name: string; /** Offset in the text. */ readonly at: number }
  | { readonly kind: 'group'; readonly inner: Tree }
  | { readonly kind: 'sequence'; readonly parts: readonly Tree[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Tree[] }
  | { readonly kind: 'stack'; readonly parts: readonly Tree[] }

/** The text of a chain, with its limit and its origin. */
export interface ChainText {
  readonly text: string
  /** Maximum steps, and maximum levels of parentheses. */
  readonly limit: number
  /** The request field or configuration key that contains the text, for errors. */
  readonly param: string
}

/** Advice for a name of a model that was read as a chain. */
export function unlessModel({ param }: ChainText): string {
  return param === 'model' ? '; if it is the name of a model, a provider must list it in `models`' : ''
}

/**
 * Parses a chain, ignoring spaces. Throws `invalid_chain` or `chain_too_long`, with a caret under the fault. `from` and
 * `to` limit the part of the text to parse; the rest may be a model id.
 *
 *     stack    := parallel { "-" parallel }    parallel := sequence { "|" sequence }
 *     sequence := step { "&" step }            step     := name | "(" stack ")"
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
    if (this.#peek() === ')') this.#fail('this ")" has no matching "("')
    if (this.#at < this.#end) this.#fail('expected "-", "|" or "&" between two steps')
    return tree
  }

  #stack(): Tree {
    return this.#list('stack', '-', () => this.#parallel())
  }

  #parallel(): Tree {
    return this.#list('parallel', '|', () => this.#sequence())
  }

  #sequence(): Tree {
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
      const expected = 'a step name: a lower-case letter, then lower-case letters, digits or underscores'
      this.#fail(`expected ${expected}${unlessModel(this.#source)}`)
    }
    if (++this.#steps > this.#source.limit) this.#failLimit('steps')
    const at = this.#at
    this.#at += found.length
    return { kind: 'step', name: found, at }
  }

  #group(): Tree {
    const open = this.#at++
    if (++this.#level > this.#source.limit) this.#failLimit('levels of parentheses')
    const inner = this.#stack()
    if (this.#peek() !== ')') this.#fail('this "(" is never closed', open)
    this.#at++
    this.#level--
    return { kind: 'group', inner }
  }

  /** The next character that is not a space. */
  #peek(): string | undefined {
    const { text } = this.#source
    while (this.#at < this.#end && text[this.#at] === ' ') this.#at++
    return this.#at < this.#end ? text[this.#at] : undefined
  }

  #fail(problem: string, at = this.#at): never {
    const { text, param } = this.#source
    const message = `The chain does not parse: ${problem}${caretAt(text, at)}`
    throw new HulumanageError('invalid_chain', message, { param })
  }

  #failLimit(what: string): never {
    const { text, limit, param } = this.#source
    const message = `The chain has more than ${limit} ${what}, the maximum (limits.steps)${caretAt(text, this.#at)}`
    throw new HulumanageError('chain_too_long', message, { param })
  }
}
