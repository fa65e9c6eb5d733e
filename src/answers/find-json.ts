import { endOfValue } from '../text/json/scan.ts'

/** JSON in a text: the part of the text that it is, and its value. */
export interface FoundJson {
  readonly text: string
  readonly value: unknown
}

/**
 * Finds the JSON array or object of a reply: the whole text, in its last code block that may be JSON, or between words.
 * Undefined without one. Commas before a closing bracket, the most common mistake of models, are left out.
 */
export function findJson(text: string): FoundJson | undefined {
  return parse(text.trim()) ?? parseBlock(text) ?? parseSpan(text)
}

/** A fence, with what comes before a bracket behind it. */
const fenced = /^[^\S\n]{0,9}(?:```|~~~)[^\n]*\n\s{0,99}(?=[[{])/gm
const fence = /^[^\S\n]{0,9}(?:```|~~~)/m
/** A block may be followed by text that begins with a bracket, and looks like another one. */
const blocksTried = 2

function parseBlock(text: string): FoundJson | undefined {
  const starts = Array.from(text.matchAll(fenced), ({ index, 0: { length } }) => index + length)
  for (const start of starts.slice(-blocksTried).toReversed()) {
    const rest = text.slice(start)
    const found = parse(rest.slice(0, fence.exec(rest)?.index).trim())
    if (found) return found
  }
  return undefined
}

function parseSpan(text: string): FoundJson | undefined {
  for (const span of spansOf(text)) {
    const found = span === text ? undefined : parse(span)
    if (found) return found
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

const strayComma = /,\s{0,20}[\]}]/
/** Strings, which stay as they are, and the commas to leave out. A string without its end reaches to that of the text. */
const stringOrComma = /"(?:[^"\\]+|\\.?)*(?:"|$)|,(?=\s{0,20}[\]}])/gs

/** Maximum depth of JSON in an answer: far more than anybody asks for, and little enough to parse at once. */
const maxDepth = 500

/**
 * Whether a text begins with a bracket and ends with the one that closes it. A parser takes much longer to find out that it
 * does not, and several spellings of a text would be tried in vain.
 */
function isClosed(text: string): boolean {
  return endOfValue(text, maxDepth) === text.length
}

function parse(text: string): FoundJson | undefined {
  if (!isClosed(text)) return undefined
  const found = parseAs(text)
  if (found || !strayComma.test(text)) return found
  return parseAs(text.replaceAll(stringOrComma, part => (part === ',' ? '' : part)))
}

function parseAs(text: string): FoundJson | undefined {
  try {
    return { text, value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
