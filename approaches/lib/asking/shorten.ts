import { charactersIn, tokensIn } from './tokens.ts'

const omission = '\n[...]\n'

/**
 * A text of at most about this number of tokens: a longer one loses its middle, because answers say at their beginning how
 * they proceed and at their end what they conclude. A cut that splits a character leaves a replacement character.
 */
export function shorten(text: string, tokens: number): string {
  if (tokensIn(text) <= tokens) return text
  const half = Math.max(0, Math.floor((charactersIn(tokens) - omission.length) / 2))
  const [start, end] = [text.slice(0, half), text.slice(text.length - half)].map(part => part.toWellFormed())
  return `${start}${omission}${end}`
}
