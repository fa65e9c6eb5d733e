import { parseJson } from '../../../src/plugin.ts'

const marker =
  /^([^\S\n]{0,12})(?:#{1,6}\s{1,3})?(?:\*\*|__)?(?:[-*•+–]|(?:\p{L}{3,20}\s)?\(?#?\d{1,3}[.):])(?:\*\*|__)?\s{1,4}(?=\S)/u

/** Of a longer text, the lines that begin behind this are not read, in characters; nor is more than twice as much of a long line. */
const longestText = 100_000

/**
 * Reads the items of a list that a model wrote: numbered in any style, with bullets, as a JSON array, or one a line. An item
 * keeps the lines that belong to it, joined by blanks; text before the first item is left out.
 */
export function readList(text: string): string[] {
  const json = readArray(text)
  if (json) return json
  const lines = beginningOf(text)
    .split('\n')
    .filter(line => line.trim() !== '' && !/^\s{0,3}(?:```|[-*_]{3,})/.test(line))
  const indents = lines.map(line => marker.exec(line)?.[1]?.length ?? Infinity)
  const outermost = indents.reduce((least, indent) => Math.min(least, indent), Infinity)
  if (outermost === Infinity) return lines.map(line => line.trim()).filter(line => !line.endsWith(':'))

  const items: string[] = []
  for (const [index, line] of lines.entries()) {
    if (indents[index] === outermost) items.push(withoutEmphasis(line.replace(marker, '')))
    else if (items.length > 0) items.push(`${items.pop()} ${withoutEmphasis(line)}`)
  }
  return items.filter(item => item !== '')
}

/** A text up to the end of the line that is the last to be read: half an item would be another one. */
function beginningOf(text: string): string {
  if (text.length <= longestText) return text
  const end = text.indexOf('\n', longestText)
  return text.slice(0, Math.min(end === -1 ? text.length : end, 2 * longestText))
}

/** Removes emphasis, half of which may have gone with the marker. */
function withoutEmphasis(line: string): string {
  return line.replaceAll('**', '').trim()
}

/** Only if the array is the whole text: a list may well mention one. */
function readArray(text: string): string[] | undefined {
  const bare = text.replace(/^\s*```\w*|```\s*$/g, '').trim()
  if (!bare.startsWith('[') || !bare.endsWith(']')) return undefined
  try {
    const parsed: unknown = parseJson(bare)
    const isList = Array.isArray(parsed) && parsed.every(item => typeof item === 'string')
    return isList ? parsed.map(item => item.trim()).filter(item => item !== '') : undefined
  } catch {
    return undefined
  }
}
