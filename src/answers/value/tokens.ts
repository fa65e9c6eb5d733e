import { functionPattern, severalArguments } from './functions.ts'

/** A number, a name, an operator or a bracket of an expression. */
export interface Token {
  readonly kind: 'number' | 'name' | 'mark'
  readonly text: string
  /** Whether it follows blanks. */
  readonly spaced: boolean
}

/** The arguments of a function of several: without blanks, "gcd(12,180)" looks like 12,180. */
const argumentList = new RegExp(
  String.raw`(?<=(?:${[...severalArguments].join('|')})\s?[({])[^(){}]{1,100}(?=[)}])`,
  'g',
)
const number = String.raw`\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+`
const word = String.raw`\\?(${functionPattern})(?![a-z])`
const letter = String.raw`[A-Za-z\p{Script=Greek}]`
const mark = String.raw`[-+*/^!()[\]{}|_√°⌊⌋⌈⌉;]`
const token = new RegExp(String.raw`(\s*)(?:(${number})|${word}|(${letter})|(${mark}))`, 'uy')
const longest = 300

/** Splits an expression; undefined if it has more than 300 characters, or any that are not part of one. */
export function tokensOf(source: string): Token[] | undefined {
  if (source.length > longest) return undefined
  const text = source.includes(',')
    ? source.replaceAll(argumentList, list => list.replaceAll(',', ';'))
    : source
  const tokens: Token[] = []
  const end = text.trimEnd().length
  token.lastIndex = 0
  while (token.lastIndex < end) {
    const match = token.exec(text)
    if (!match) return undefined
    const [, blanks, number, word, letter, mark] = match
    const spaced = blanks !== ''
    if (number !== undefined) tokens.push({ kind: 'number', text: number.replaceAll(',', ''), spaced })
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, spaced })
    else tokens.push({ kind: 'name', text: word === 'pi' ? 'π' : (word ?? letter!), spaced })
  }
  return tokens
}
