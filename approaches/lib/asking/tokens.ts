import { charactersPerToken } from '../../../src/plugin.ts'

/** About how many tokens a text has, as answers without usage are billed. */
export function tokensIn(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

/** About as many characters as the tokens have. */
export function charactersIn(tokens: number): number {
  return tokens * charactersPerToken
}
