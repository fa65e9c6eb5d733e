import { scanJson } from './scan.ts'

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
export function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** Whether a text is the JSON of an object. */
export function isObjectText(text: string): boolean {
  const value = jsonOrUndefined(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a text is nested too deeply to be parsed safely, whether or not it is JSON. */
export function isTooDeep(text: string): boolean {
  return hasManyOpenings(text) && scanJson(text, maxDepth, Infinity) === 'depth'
}

/** Whether a text has more brackets than levels are allowed, wherever they are: few have, and a search is quick. */
function hasManyOpenings(text: string): boolean {
  if (text.length <= maxDepth) return false
  let count = 0
  for (const bracket of ['[', '{'])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count > maxDepth) return true
  return false
}
