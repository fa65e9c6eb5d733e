/**
 * Fields that carry more than text: a finish reason, an error, usage, unless null. Quotes inside a text are escaped.
 * Three patterns that begin with letters are searched several times faster than one that begins with the quote.
 */
const telling = {
  finish: /finish_reason"\s*:\s*[^\sn]/g,
  error: /error"\s*(?::\s*[^\sn]|[,}])/g,
  usage: /usage"\s*:\s*[^\sn]/g,
} as const

/** Whole events, frames and all. */
export interface Frames {
  readonly text: string
  readonly count: number
  /** Whether usage is spoken of, as null. */
  readonly namesUsage: boolean
}

/** The first event from `from` on, if it is whole and all on one line, and where it ends. */
export function firstEvent(
  text: string,
  from: number,
): { readonly data: string; readonly end: number } | undefined {
  const end = text.indexOf('\n\n', from)
  if (end === -1 || !text.startsWith('data:', from)) return undefined
  const line = text.slice(from + (text.charCodeAt(from + 5) === 0x20 ? 6 : 5), end)
  return line.includes('\n') || line.includes('\r') ? undefined : { data: line, end: end + 2 }
}

/** Searches a text for telling places. Each is searched for once, so that the time for all frames is linear. */
export class Landmarks {
  readonly text: string
  readonly #found = new Map<RegExp | string, number>()

  constructor(text: string) {
    this.text = text
  }

  /** The first place from `from` on, or the length of the text. Calls with the same pattern do not go back. */
  next(pattern: RegExp | string, from: number): number {
    const known = this.#found.get(pattern)
    if (known !== undefined && known >= from) return known
    const at = this.#search(pattern, from)
    this.#found.set(pattern, at)
    return at
  }

  #search(pattern: RegExp | string, from: number): number {
    if (typeof pattern === 'string') return this.#orEnd(this.text.indexOf(pattern, from))
    pattern.lastIndex = from
    return this.#orEnd(pattern.exec(this.text)?.index ?? -1)
  }

  #orEnd(at: number): number {
    return at === -1 ? this.text.length : at
  }
}

/**
 * The events from `from` on that may be passed on unparsed, maybe none: a line of JSON each with the first choice in it, as
 * nearly every provider frames them, which tells no end, no usage and no error.
 */
export function plainFrames(text: string, from = 0, landmarks = new Landmarks(text)): Frames {
  const usageAt = landmarks.next('usage"', from)
  const limit = Math.min(
    landmarks.next(telling.finish, from),
    landmarks.next(telling.error, from),
    landmarks.next('\r', from),
    usageAt === text.length ? usageAt : landmarks.next(telling.usage, from),
  )
  let end = from
  let count = 0
  for (
    let next = endOfFrame(landmarks, from);
    next !== -1 && next <= limit;
    next = endOfFrame(landmarks, next)
  ) {
    end = next
    count++
  }
  return { text: text.slice(from, end), count, namesUsage: usageAt < end }
}

/** The end of the frame that starts at `from`, or -1 where none does that is plausible. */
function endOfFrame(landmarks: Landmarks, from: number): number {
  const { text } = landmarks
  if (!text.startsWith('data: {"', from) && !text.startsWith('data:{"', from)) return -1
  const end = text.indexOf('\n', from)
  if (!text.startsWith('}\n\n', end - 1)) return -1
  return hasFirstChoice(text, landmarks.next('"choices":', from), end) ? end + 2 : -1
}

/** Whether the choices at `at` are a field, a list of objects, and of the first choice alone. */
function hasFirstChoice(text: string, at: number, end: number): boolean {
  if (at >= end || !/[,{\s]/.test(text.charAt(at - 1))) return false
  const list = skipBlanks(text, at + '"choices":'.length)
  const object = skipBlanks(text, list + 1)
  if (text.charAt(list) !== '[' || text.charAt(object) !== '{') return false
  const index = text.indexOf('"index":', object)
  return index !== -1 && index < end && /[,}\s]/.test(afterZero(text, skipBlanks(text, index + 8)))
}

/** The character after a zero at `at`; a letter if there is none. */
function afterZero(text: string, at: number): string {
  return text.charAt(at) === '0' ? text.charAt(at + 1) : 'x'
}

function skipBlanks(text: string, at: number): number {
  let next = at
  while (text.charCodeAt(next) === 0x20) next++
  return next
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
