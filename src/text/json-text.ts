/**
 * Maximum nesting of texts from outside. V8 in Node 26.10 ends the process, after a few attempts, at a text of more than some
 * 8,000 levels that is not JSON in the end.
 */
const maxDepth = 4_000

/** Parses JSON from outside. Throws a `SyntaxError` if a text is not JSON, or is nested too deeply to be parsed safely. */
export function parseJson(text: string, reviver?: Parameters<typeof JSON.parse>[1]): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`The text is nested deeper than ${maxDepth} levels`)
  return JSON.parse(text, reviver) as unknown
}

/** Parses a text as JSON; undefined if it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** Whether a text is the JSON of an object. */
export function isObjectText(text: string): boolean {
  const value = parsedJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a text is nested too deeply to be parsed safely, whether or not it is JSON. */
export function isTooDeep(text: string): boolean {
  return hasManyOpenings(text) && exceedsDepth(text)
}

/** Whether a text has more brackets than levels are allowed, wherever they are: hardly any has, and a search is quick. */
function hasManyOpenings(text: string): boolean {
  if (text.length <= maxDepth) return false
  let count = 0
  for (const bracket of ['[', '{'])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count > maxDepth) return true
  return false
}

const quote = 0x22
const backslash = 0x5c
const openings: ReadonlySet<number> = new Set([0x5b, 0x7b])
const closings: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** Exact up to the first error in a text, behind which a parser does not read. */
function exceedsDepth(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) isInString = !isInString
    else if (isInString) at += Number(code === backslash)
    else if (openings.has(code) && ++depth > maxDepth) return true
    else if (closings.has(code)) depth--
  }
  return false
}
