/** `error:` is llama.cpp's own. */
const fieldNames = ['data:', 'event:', 'id:', 'retry:', 'error:', ':'] as const
const longestName = 'event:'.length

/** Number of bytes that show it; a body that is blank for longer is not a stream. */
const enough = 1024

const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/**
 * Whether a body is a stream of server-sent events, by its first bytes: content types are wrong too often. A byte order
 * mark and white space may precede a body of either kind. Undefined if the bytes do not show it yet.
 */
export function startsAsEvents(start: Buffer): boolean | undefined {
  let at = 0
  while (at < byteOrderMark.length && start[at] === byteOrderMark[at]) at++
  // A mark that is cut off by the end of the bytes may be completed.
  if (at > 0 && at < byteOrderMark.length) return at === start.length ? undefined : false
  while (isBlank(start[at])) at++
  const text = start.toString('latin1', at, at + longestName)
  if (fieldNames.some(name => text.startsWith(name))) return true
  const isOpen = fieldNames.some(name => name.startsWith(text))
  return isOpen && start.length < enough ? undefined : false
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)
}
