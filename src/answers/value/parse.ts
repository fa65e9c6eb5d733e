import { functionNames, severalArguments } from './functions.ts'
import { tokensOf } from './tokens.ts'
import type { Token } from './tokens.ts'

/** An expression: a number as it is spelled, a variable or constant, or an operation. */
export type Expression =
  | { readonly number: string }
  | { readonly name: string }
  | { readonly operation: string; readonly of: readonly Expression[] }

const deepest = 40
const closing: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['⌊', '⌋'],
  ['⌈', '⌉'],
])
const enclosing: ReadonlyMap<string, string> = new Map([
  ['|', 'abs'],
  ['⌊', 'floor'],
  ['⌈', 'ceil'],
])
const withInverse = new Set('sin cos tan sinh cosh tanh'.split(' '))
/** One degree, in radians. */
const degree: Expression = { operation: '/', of: [{ name: 'π' }, { number: '180' }] }

/** Reads an expression, with implied multiplication and mixed numbers. Undefined for any text that is not one. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokensOf(text)
  if (!tokens || tokens.length === 0) return undefined
  const parser = new Parser(tokens)
  const expression = parser.sum()
  return parser.done ? expression : undefined
}

/** Each method returns undefined, and so do those above it, if the tokens do not fit. */
class Parser {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  get done(): boolean {
    return this.at === this.tokens.length
  }

  sum(): Expression | undefined {
    if (++this.depth > deepest) return undefined
    let left = this.product()
    while (left && (this.sees('+') || this.sees('-'))) {
      const operation = this.tokens[this.at++]!.text
      const right = this.product()
      left = right && { operation, of: [left, right] }
    }
    this.depth--
    return left
  }

  private product(): Expression | undefined {
    let left = this.signed()
    while (left) {
      const isDivision = this.take('/')
      const isTimes = isDivision || this.take('*')
      if (!isTimes && !this.startsFactor()) return left
      // How far an unmarked product reaches below a stroke is anybody's guess: 1/2x.
      if (!isTimes && 'operation' in left && left.operation === '/' && this.isLoose()) return undefined
      if (!isTimes && this.isUnclear()) return undefined
      const right = isTimes ? this.signed() : this.power()
      left = right && { operation: isDivision ? '/' : '*', of: [left, right] }
    }
    return undefined
  }

  /** Whether the last token is part of a denominator without brackets. */
  private isLoose(): boolean {
    return !')]}⌋⌉'.includes(this.tokens[this.at - 1]!.text)
  }

  /** Whether a product without a sign may be something else: x2, f(3). */
  private isUnclear(): boolean {
    const [last, next] = [this.tokens[this.at - 1]!, this.tokens[this.at]!]
    return next.kind === 'number' || ('([{'.includes(next.text) && /^[fghFGHPTOEΓ]$/.test(last.text))
  }

  private signed(): Expression | undefined {
    if (this.take('+')) return this.power()
    if (!this.take('-')) return this.power()
    const of = this.power()
    return of && { operation: 'negative', of: [of] }
  }

  private power(): Expression | undefined {
    let base = this.atom()
    if (base && this.take('!')) base = { operation: '!', of: [base] }
    // A double factorial is another function: 3!! is 3 and (3!)! 720.
    if (this.sees('!')) return undefined
    if (!base || !this.take('^')) return base
    if (++this.depth > deepest) return undefined
    const exponent = this.signed()
    this.depth--
    return exponent && { operation: '^', of: [base, exponent] }
  }

  /** A number in degrees is one in radians. */
  private atom(): Expression | undefined {
    const atom = this.plainAtom()
    return atom && this.take('°') ? { operation: '*', of: [atom, degree] } : atom
  }

  private plainAtom(): Expression | undefined {
    const next = this.tokens[this.at]
    if (!next) return undefined
    if (next.kind === 'number') return this.number(next)
    if (next.kind === 'mark') return this.enclosed(next)
    this.at++
    return functionNames.has(next.text) ? this.called(next.text) : this.named(next.text)
  }

  private number({ text }: Token): Expression | undefined {
    this.at++
    const [top, stroke, bottom] = this.tokens.slice(this.at, this.at + 3)
    const isMixed =
      top?.kind === 'number' &&
      top.spaced &&
      stroke?.text === '/' &&
      bottom?.kind === 'number' &&
      !text.includes('.')
    if (!isMixed) return top?.kind === 'number' ? undefined : { number: text }
    this.at += 3
    const part: Expression = { operation: '/', of: [{ number: top.text }, { number: bottom.text }] }
    return { operation: '+', of: [{ number: text }, part] }
  }

  private enclosed({ text }: Token): Expression | undefined {
    if (text === '√') {
      this.at++
      return this.called('sqrt')
    }
    const close = text === '|' ? '|' : closing.get(text)
    if (close === undefined) return undefined
    this.at++
    const inner = this.sum()
    if (!inner || !this.take(close)) return undefined
    const operation = enclosing.get(text)
    return operation === undefined ? inner : { operation, of: [inner] }
  }

  /** A variable with its index, if any. */
  private named(text: string): Expression | undefined {
    if (!this.take('_')) return { name: text }
    const index = this.tokens[this.at++]
    return index && index.kind !== 'mark' ? { name: `${text}_${index.text}` } : undefined
  }

  private called(name: string): Expression | undefined {
    if (++this.depth > deepest) return undefined
    const expression = this.callOf(name)
    this.depth--
    return expression
  }

  private callOf(name: string): Expression | undefined {
    if (name.endsWith('frac') || name === 'binom') {
      const top = this.atom()
      const bottom = top && this.atom()
      return bottom && { operation: name === 'binom' ? name : '/', of: [top, bottom] }
    }
    if (severalArguments.has(name)) return this.several(name)
    if (withInverse.has(name) && this.takeInverse()) return this.callOf(`arc${name}`)
    const index = name === 'sqrt' && this.sees('[') ? this.atom() : undefined
    const hasBase = name === 'log' && this.take('_')
    const base = hasBase ? this.base() : undefined
    if (hasBase && !base) return undefined
    const exponent = name !== 'sqrt' && this.take('^') ? this.atom() : undefined
    // The argument of a function without brackets ends at the next operator: sin 2x is unclear, and no value.
    const inner = this.sees('(') || this.sees('{') || this.sees('|') ? this.atom() : this.bareArgument(name)
    if (!inner) return undefined
    const call: Expression =
      name === 'exp'
        ? { operation: '^', of: [{ name: 'e' }, inner] }
        : { operation: name, of: [inner, ...[index ?? base].filter(one => one !== undefined)] }
    return exponent ? { operation: '^', of: [call, exponent] } : call
  }

  /** The exponent of tan^{-1}, which is another function and not a power. */
  private takeInverse(): boolean {
    const texts = this.tokens.slice(this.at, this.at + 5).map(each => each.text)
    const [close] = texts[1] === '-' ? [''] : [closing.get(texts[1] ?? '')]
    const inside = close === '' ? texts.slice(1, 3) : texts.slice(2, 4)
    if (texts[0] !== '^' || close === undefined || inside.join(' ') !== '- 1') return false
    if (close !== '' && texts[4] !== close) return false
    this.at += close === '' ? 3 : 5
    return true
  }

  private several(name: string): Expression | undefined {
    const [open] = ['(', '{'].filter(mark => this.take(mark))
    if (open === undefined) return undefined
    const of: Expression[] = []
    do {
      const each = this.sum()
      if (!each) return undefined
      of.push(each)
    } while (this.take(';'))
    return this.take(closing.get(open)!) && of.length > 1 ? { operation: name, of } : undefined
  }

  /** The base of a logarithm; \log_2 3 has a base and an argument, and not a mixed number. */
  private base(): Expression | undefined {
    const next = this.tokens[this.at]
    if (next?.kind !== 'number') return this.atom()
    this.at++
    return { number: next.text }
  }

  private bareArgument(name: string): Expression | undefined {
    const inner = name === 'sqrt' ? this.signedAtom() : this.atom()
    if (name === 'sqrt' || !inner) return inner
    const isOpen = this.startsFactor() && !functionNames.has(this.tokens[this.at]!.text)
    return isOpen || this.sees('^') || this.sees('/') ? undefined : inner
  }

  /** The -4 of √-4. */
  private signedAtom(): Expression | undefined {
    if (!this.take('-')) return this.atom()
    const of = this.atom()
    return of && { operation: 'negative', of: [of] }
  }

  private startsFactor(): boolean {
    const next = this.tokens[this.at]
    return next !== undefined && (next.kind !== 'mark' || '([{√⌊⌈'.includes(next.text))
  }

  private sees(mark: string): boolean {
    const next = this.tokens[this.at]
    return next?.kind === 'mark' && next.text === mark
  }

  private take(mark: string): boolean {
    if (!this.sees(mark)) return false
    this.at++
    return true
  }
}
