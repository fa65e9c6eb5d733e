const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/**
 * The limit of depth or number of values that a JSON text exceeds, found without parsing it: strings are skipped, and time is
 * linear in the text. Exact up to the first error, behind which no parser reads; a text that is not JSON may pass.
 */
export function scanJson(text: string, maxDepth: number, maxValues: number): 'depth' | 'values' | undefined {
  let depth = 0
  let values = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) {
      index = endOfString(text, index)
      continue
    }
    if (code === closeList || code === closeObject) depth--
    else if (code === openList || code === openObject) {
      if (++depth > maxDepth) return 'depth'
      values++
    } else if (code === comma) values++
    if (values > maxValues) return 'values'
  }
  return undefined
}

/**
 * The index behind the bracket that closes the one at the beginning of a text; undefined if the text begins with none, if
 * none closes it, or if it is nested deeper than `maxDepth`. Linear in the text, as is `scanJson`.
 */
export function endOfValue(text: string, maxDepth: number): number | undefined {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === openList || code === openObject) depth++
    else if (code === closeList || code === closeObject) depth--
    if (depth === 0 && index > 0) return index + 1
    if (depth <= 0 || depth > maxDepth) return undefined
    if (code === quote) index = endOfString(text, index)
  }
  return undefined
}

/** Characters of a string that are looked at one by one before the search that is faster for many. */
const nearLength = 64

/** The index of the quote that closes the string, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  for (;;) {
    // Code in a prompt has an escaped quote every few characters, and a search costs more than looking at those few.
    for (const near = Math.min(index + nearLength, text.length); index < near; index++) {
      const code = text.charCodeAt(index)
      if (code === quote) return index
      if (code === backslash) index++
    }
    const end = text.indexOf('"', index)
    if (end === -1) return text.length
    let escapes = 0
    while (end - escapes > index && text.charCodeAt(end - escapes - 1) === backslash) escapes++
    if (escapes % 2 === 0) return end
    index = end + 1
  }
}
