/** A number, a name, an operator or a bracket of an expression. */
export interface Token {
  readonly kind: 'number' | 'name' | 'mark'
  readonly text: string
  /** Whether it follows blanks. */
  readonly spaced: boolean
}

export const functionNames: ReadonlySet<string> = new Set(
  'sqrt cbrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp frac dfrac tfrac binom'.split(
    ' ',
  ),
)
const token =
  /(\s*)(?:(\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)|\\?(sqrt|cbrt|arc(?:sin|cos|tan)|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|ln|log|exp|[dt]?frac|binom|pi)(?![a-z])|([A-Za-z\p{Script=Greek}])|([-+*/^!()[\]{}|_√]))/uy
const longest = 300

/** Splits an expression; undefined if it has more than 300 characters, or any that are not part of one. */
export function tokensOf(text: string): Token[] | undefined {
  if (text.length > longest) return undefined
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
