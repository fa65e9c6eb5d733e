const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
const underscore = 0x5f
const letterC = 0x63
const letterO = 0x6f

/** The result of a look at the bytes of a JSON text. */
export interface JsonScan {
  /** The limit that the text exceeds; the scan ends there. */
  readonly exceeded?: 'depth' | 'values'
  /** Whether a string may spell `__proto__` or `constructor`. If not, no key of the text can reach a prototype. */
  readonly isSuspect: boolean
}

/**
 * Compares a JSON text with limits of depth and number of values, without parsing it: strings are skipped, and time is
 * linear in the bytes outside of them. Text that is not JSON may pass; the parser refuses it.
 */
export function scanJson(bytes: Buffer, maxDepth: number, maxValues: number): JsonScan {
  let depth = 0
  let values = 0
  let isSuspect = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === quote) {
      const end = endOfString(bytes, index)
      isSuspect ||= isLikeSuspect(bytes, index + 1, end)
      index = end
      continue
    }
    if (byte === closeList || byte === closeObject) depth--
    else if (byte === openList || byte === openObject) {
      if (++depth > maxDepth) return { exceeded: 'depth', isSuspect }
      values++
    } else if (byte === comma) values++
    if (values > maxValues) return { exceeded: 'values', isSuspect }
  }
  return { isSuspect }
}

/** The lengths of `__proto__` as it is and of `constructor` with every letter escaped. */
const shortestSuspect = 9
const longestSuspect = 11 * String.raw`\u0063`.length

/** Whether the bytes of a string may spell a suspect, by their number and the first two: most strings differ there. */
function isLikeSuspect(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start
  if (length < shortestSuspect || length > longestSuspect) return false
  const first = bytes[start]
  const second = bytes[start + 1]
  if (first === backslash) return true
  if (first === underscore) return second === underscore || second === backslash
  return first === letterC && (second === letterO || second === backslash)
}

/** Bytes of a string that are looked at one by one before the search that is faster for many. */
const nearBytes = 64

/** The index of the quote that closes the string, or the end of the text. */
function endOfString(bytes: Buffer, start: number): number {
  let index = start + 1
  for (;;) {
    // Code in a prompt has an escaped quote every few bytes, and a search costs more than looking at those few.
    for (const near = Math.min(index + nearBytes, bytes.length); index < near; index++) {
      const byte = bytes[index]
      if (byte === quote) return index
      if (byte === backslash) index++
    }
    const end = bytes.indexOf(quote, index)
    if (end === -1) return bytes.length
    let escapes = 0
    while (end - escapes > index && bytes[end - escapes - 1] === backslash) escapes++
    if (escapes % 2 === 0) return end
    index = end + 1
  }
}
