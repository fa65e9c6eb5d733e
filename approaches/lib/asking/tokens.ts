import { charactersPerToken } from '../../../src/plugin.ts'

/** Estimated number of tokens of a text, by the same estimate as for answers without usage. */
export function tokensIn(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

/** Estimated number of characters in a number of tokens. */
export function charactersIn(tokens: number): number {
  return tokens * charactersPerToken
}
