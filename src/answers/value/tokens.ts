/** A number, a name, an operator or a bracket of an expression. */
export interface Token {
  readonly kind: 'number' | 'name' | 'mark'
  readonly text: string
  /** Whether it follows blanks. */
  readonly spaced: boolean
}

/** Names of functions and of commands with arguments, without a backslash, that are read as one token. */
export const functionNames: ReadonlySet<string> = new Set(
  (
    'sqrt cbrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh ln lg log exp ' +
    'frac dfrac tfrac binom gcd lcm max min floor ceil'
  ).split(' '),
)
/** The arguments of a function of several: without blanks, "gcd(12,180)" looks like 12,180. */
const argumentList = /(?<=(?:gcd|lcm|max|min)\s?[({])[^(){}]{1,100}(?=[)}])/g
const token =
  /(\s*)(?:(\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)|\\?(sqrt|cbrt|arc(?:sin|cos|tan)h?|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|ln|lg|log|exp|[dt]?frac|binom|gcd|lcm|max|min|floor|ceil|pi)(?![a-z])|([A-Za-z\p{Script=Greek}])|([-+*/^!()[\]{}|_√°⌊⌋⌈⌉;]))/uy
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
