import { charactersPerToken } from '../../../src/plugin.ts'

/** Estimated number of tokens of a text, by the same estimate as for answers without usage. */
export function tokensIn(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

/** Estimated number of characters in a number of tokens. */
export function charactersIn(tokens: number): number {
  return tokens * charactersPerToken
}

/** A window for models of which none is known: what most take without losing track. */
const commonWindow = 65_536
/** Share of a known window that a prompt may take; the rest is for the answer, and for errors of the estimate. */
const usable = 7 / 8

/** The tokens that a prompt may have for a model with this context window, if it is known. */
export function usableTokens(known: number | undefined): number {
  return known === undefined ? commonWindow : Math.max(1024, Math.floor(known * usable))
}
