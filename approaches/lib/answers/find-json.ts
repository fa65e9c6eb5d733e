import { readCode, unfence } from './code.ts'

/** JSON in a text: the part of the text that it is, and its value. */
export interface FoundJson {
  readonly text: string
  readonly value: unknown
}

/**
 * The JSON array or object of a reply: the whole text, in its last code block, or between words. Undefined if there is none.
 * Commas before a closing bracket, the most common mistake of models, are left out.
 */
export function findJson(text: string): FoundJson | undefined {
  const code = readCode(text)
  const candidates = [text, ...(code ? [unfence(code)] : []), spanOf(text, '[', ']'), spanOf(text, '{', '}')]
  for (const candidate of candidates) {
    const found = parse(candidate.trim())
    if (typeof found?.value === 'object' && found.value !== null) return found
  }
  return undefined
}

function spanOf(text: string, open: string, close: string): string {
  const start = text.indexOf(open)
  return start === -1 ? '' : text.slice(start, text.lastIndexOf(close) + 1)
}

function parse(text: string): FoundJson | undefined {
  for (const spelling of [text, text.replaceAll(/,(?=\s{0,20}[\]}])/g, '')]) {
    try {
      return { text: spelling, value: JSON.parse(spelling) }
    } catch {}
  }
  return undefined
}
