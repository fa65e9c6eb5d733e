/**
 * What tells more than text: an end, an error, usage; null does not. A quote inside of a text has a backslash before it.
 * Three patterns that begin with letters are searched several times faster than one that begins with the quote.
 */
const telling = {
  finish: /finish_reason"\s*:\s*[^\sn]/,
  error: /error"\s*(?::\s*[^\sn]|[,}])/,
  usage: /usage"\s*:\s*[^\sn]/,
} as const

/** Whole events, frames and all. */
export interface Frames {
  readonly text: string
  readonly count: number
  /** Whether usage is spoken of, as null. */
  readonly namesUsage: boolean
}

/** The first event, if it is whole and all on one line. */
export function firstEvent(text: string): { readonly data: string; readonly length: number } | undefined {
  const end = text.indexOf('\n\n')
  if (end === -1 || !text.startsWith('data:')) return undefined
  const line = text.slice(text.charCodeAt(5) === 0x20 ? 6 : 5, end)
  return line.includes('\n') || line.includes('\r') ? undefined : { data: line, length: end + 2 }
}

/**
 * The events at the start of `text` that may be passed on unparsed, maybe none: a line of JSON each, as nearly every
 * provider frames them, which tells no end, no usage and no error. Time is linear in the length.
 */
export function plainFrames(text: string): Frames {
  const usageAt = text.indexOf('usage"')
  let limit = Math.min(
    firstOf(text.search(telling.finish), text),
    firstOf(text.search(telling.error), text),
    firstOf(text.indexOf('\r'), text),
  )
  if (usageAt !== -1 && usageAt < limit) limit = Math.min(limit, firstOf(text.search(telling.usage), text))
  let end = 0
  let count = 0
  for (let next = endOfFrame(text, 0); next !== -1 && next <= limit; next = endOfFrame(text, next)) {
    end = next
    count++
  }
  return { text: text.slice(0, end), count, namesUsage: usageAt !== -1 && usageAt < end }
}

/** Where something was found, or the end of the text. */
function firstOf(at: number, { length }: string): number {
  return at === -1 ? length : at
}

/** The end of the frame that starts at `from`, or -1 where none does. */
function endOfFrame(text: string, from: number): number {
  if (!text.startsWith('data: {"', from) && !text.startsWith('data:{"', from)) return -1
  const end = text.indexOf('\n', from)
  return text.startsWith('}\n\n', end - 1) ? end + 2 : -1
}

/** The `usage: null` that a chunk has where usage comes at the end of its stream. */
const emptyUsage = /,\s*"usage"\s*:\s*null/g

/** Takes empty usage out of frames. */
export function withoutEmptyUsage({ text, namesUsage }: Frames): string {
  return namesUsage ? text.replaceAll(emptyUsage, '') : text
}

/** The data of each event. */
export function dataOfFrames(frames: string): string[] {
  return frames
    .split('\n\n')
    .slice(0, -1)
    .map(frame => frame.slice(frame.indexOf('{')))
}
