const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/**
 * Returns which limit a JSON text exceeds, its depth or its number of values, without parsing it: strings are skipped,
 * and time is linear in the bytes outside of them. Text that is not JSON may pass; the parser refuses it.
 */
export function exceededLimit(
  bytes: Buffer,
  maxDepth: number,
  maxValues: number,
): 'depth' | 'values' | undefined {
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

/** The index of the quote that closes the string, or the end of the text. */
function endOfString(bytes: Buffer, start: number): number {
  let end = start
  for (;;) {
    end = bytes.indexOf(quote, end + 1)
    if (end === -1) return bytes.length
    let escapes = 0
    while (bytes[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
}
