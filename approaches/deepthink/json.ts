import { readCode, unfence } from '../lib/answers/code.ts'

/** The JSON array or object of a reply: the whole text, in its last code block, or between words. Undefined if there is none. */
export function readJson(text: string): unknown {
  const code = readCode(text)
  const candidates = [text, ...(code ? [unfence(code)] : []), spanOf(text, '[', ']'), spanOf(text, '{', '}')]
  for (const candidate of candidates) {
    const value = parse(candidate.trim())
    if (typeof value === 'object' && value !== null) return value
  }
  return undefined
}

function spanOf(text: string, open: string, close: string): string {
  const start = text.indexOf(open)
  return start === -1 ? '' : text.slice(start, text.lastIndexOf(close) + 1)
}

/** Tolerates commas before a closing bracket, the most common mistake of models. */
function parse(text: string): unknown {
  for (const spelling of [text, text.replaceAll(/,(?=\s{0,20}[\]}])/g, '')]) {
    try {
      return JSON.parse(spelling)
    } catch {}
  }
  return undefined
}
