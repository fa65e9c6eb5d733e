import { readCode, unfence } from './code.ts'

/** JSON in a text: the part of the text that it is, and its value. */
export interface FoundJson {
  readonly text: string
  readonly value: unknown
}

/**
 * Finds the JSON array or object of a reply: the whole text, in its last code block, or between words. Undefined without one.
 * Commas before a closing bracket, the most common mistake of models, are left out.
 */
export function findJson(text: string): FoundJson | undefined {
  const code = readCode(text)
  const candidates = [text, ...(code ? [unfence(code)] : []), ...spansOf(text)]
  for (const candidate of candidates) {
    const found = parse(candidate.trim())
    if (typeof found?.value === 'object' && found.value !== null) return found
  }
  return undefined
}

/** The parts of a text from an opening bracket to the last closing one of its kind; the outer one first. */
function spansOf(text: string): string[] {
  const starts = [text.indexOf('['), text.indexOf('{')]
  const ends = [text.lastIndexOf(']'), text.lastIndexOf('}')]
  const spans = starts
    .map((start, kind) => ({ start, end: ends[kind]! + 1 }))
    .filter(({ start }) => start !== -1)
  return spans
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, end }) => text.slice(start, end))
}

/** Strings, which stay as they are, and the commas to leave out. A string without its end reaches to that of the text. */
const stringOrComma = /"(?:[^"\\]+|\\.?)*(?:"|$)|,(?=\s{0,20}[\]}])/gs

function parse(text: string): FoundJson | undefined {
  for (const spelling of [text, text.replaceAll(stringOrComma, part => (part === ',' ? '' : part))]) {
    try {
      return { text: spelling, value: JSON.parse(spelling) }
    } catch {}
  }
  return undefined
}
