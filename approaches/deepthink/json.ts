import { readCode, unfence } from '../lib/answers/code.ts'

/** The JSON array or object that a reply is, has in its last code block, or has between words. Undefined where there is none. */
export function readJson(text: string): unknown {
  const code = readCode(text)
  const candidates = [text, ...(code ? [unfence(code)] : []), spanOf(text, '[', ']'), spanOf(text, '{', '}')]
  for (const candidate of candidates) {
    const value = parsed(candidate.trim())
    if (typeof value === 'object' && value !== null) return value
  }
  return undefined
}

function spanOf(text: string, open: string, close: string): string {
  const start = text.indexOf(open)
  return start === -1 ? '' : text.slice(start, text.lastIndexOf(close) + 1)
}

/** Commas before a closing bracket are the slip that models make most. */
function parsed(text: string): unknown {
  for (const spelling of [text, text.replaceAll(/,(?=\s{0,20}[\]}])/g, '')]) {
    try {
      return JSON.parse(spelling)
    } catch {}
  }
  return undefined
}
