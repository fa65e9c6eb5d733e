const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/**
 * The limit of depth or number of values that a JSON text exceeds, found without parsing it: strings are skipped, and time is
 * linear in the bytes outside of them. Text that is not JSON may pass; the parser refuses it.
 */
export function scanJson(bytes: Buffer, maxDepth: number, maxValues: number): 'depth' | 'values' | undefined {
  let depth = 0
  let values = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === quote) {
      index = endOfString(bytes, index)
      continue
    }
    if (byte === closeList || byte === closeObject) depth--
    else if (byte === openList || byte === openObject) {
      if (++depth > maxDepth) return 'depth'
      values++
    } else if (byte === comma) values++
    if (values > maxValues) return 'values'
  }
  return undefined
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
