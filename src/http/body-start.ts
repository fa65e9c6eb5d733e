/** Bytes that may precede a body of either kind: a byte order mark and white space. */
const blank = /^\uFEFF?\s*/

const fieldNames = ['data:', 'event:', 'id:', 'retry:', ':'] as const

const brace = 0x7b

/** Number of bytes that show it; a body that is blank for longer is no stream. */
const enough = 1024

/**
 * Whether a body is a stream of server-sent events, by its first bytes: labels are wrong too often. Undefined if they do
 * not show it yet.
 */
export function startsAsEvents(start: Buffer): boolean | undefined {
  if (start[0] === brace) return false
  const text = start.subarray(0, enough).toString('utf8').replace(blank, '')
  if (fieldNames.some(name => text.startsWith(name))) return true
  const isOpen = fieldNames.some(name => name.startsWith(text)) || /^\uFFFD+$/.test(text)
  return isOpen && start.length < enough ? undefined : false
}
