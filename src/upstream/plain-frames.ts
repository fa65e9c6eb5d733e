/** Whole events with one line of JSON each, as nearly every provider frames them. */
const framed = /(?:data: ?\{"[^\n\r]*\}\n\n)+/y

/**
 * Fields that tell more than text, unless they are null. A quote inside of a text has a backslash before it. Two
 * patterns that begin with letters are searched several times faster than one that begins with the quote.
 */
const telling = [/finish_reason"\s*:\s*[^\sn]/, /(?:usage|error)"\s*:\s*[^\sn]|"error"\s*[,}]/] as const

/** Whole events, frames and all. */
export interface Frames {
  readonly text: string
  readonly count: number
}

/** The first event, if it is whole and all on one line. */
export function firstEvent(text: string): { readonly data: string; readonly length: number } | undefined {
  const end = text.indexOf('\n\n')
  if (end === -1 || !text.startsWith('data:')) return undefined
  const line = text.slice(text.charCodeAt(5) === 0x20 ? 6 : 5, end)
  return line.includes('\n') || line.includes('\r') ? undefined : { data: line, length: end + 2 }
}

/**
 * The events at the start of `text` that may be passed on unparsed, maybe none: framed as usual, and telling no end, no
 * usage and no error. Time is linear in the length.
 */
export function plainFrames(text: string): Frames {
  framed.lastIndex = 0
  let frames = framed.exec(text)?.[0] ?? ''
  for (const field of telling) {
    const told = frames.search(field)
    if (told !== -1) frames = frames.slice(0, startOfFrame(frames, told))
  }
  return { text: frames, count: countFrames(frames) }
}

function startOfFrame(frames: string, at: number): number {
  const before = frames.lastIndexOf('\n\n', at)
  return before === -1 ? 0 : before + 2
}

function countFrames(frames: string): number {
  let count = 0
  for (let end = frames.indexOf('\n\n'); end !== -1; end = frames.indexOf('\n\n', end + 2)) count++
  return count
}

/** The `usage: null` that a chunk has where usage comes at the end of its stream. */
const emptyUsage = /,\s*"usage"\s*:\s*null/g
/** Found faster where there is none, which is the rule. */
const hasUsage = /usage"\s*:/

/** Takes empty usage out of frames. */
export function withoutEmptyUsage(frames: string): string {
  return hasUsage.test(frames) ? frames.replaceAll(emptyUsage, '') : frames
}

/** The data of each event. */
export function dataOfFrames(frames: string): string[] {
  return frames
    .split('\n\n')
    .slice(0, -1)
    .map(frame => frame.slice(frame.indexOf('{')))
}
