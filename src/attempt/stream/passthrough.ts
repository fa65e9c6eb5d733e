/**
 * Places that tell what an event is. The first three are fields that carry more than text: a finish reason, an error, usage,
 * unless null. Quotes inside a text are escaped. Patterns that begin with letters are searched several times faster than one
 * that begins with the quote.
 */
const patterns = [
  /finish_reason"\s*:\s*[^\sn]/g,
  /error"\s*(?::\s*[^\sn]|[,}])/g,
  /usage"\s*:\s*[^\sn]/g,
  'usage"',
  '\r',
  '"choices":',
  '"index":',
] as const

/** The indices of the patterns. */
const place = {
  finish: 0,
  error: 1,
  usage: 2,
  usageName: 3,
  carriageReturn: 4,
  choices: 5,
  index: 6,
} as const
type Place = (typeof place)[keyof typeof place]

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

/** Searches a text for places. Each is searched for once, so that the time for all frames is linear. */
export class Landmarks {
  readonly text: string
  /** The opening of the first choice in the last frame that had one, and where it is there: nearly always where it was. */
  opening = ''
  offset = Infinity
  /** The last place found for each pattern. */
  readonly #found = [-1, -1, -1, -1, -1, -1, -1]

  constructor(text: string) {
    this.text = text
  }

  /** The first place of a kind from `from` on, or the length of the text. Calls for the same kind do not go back. */
  next(kind: Place, from: number): number {
    const known = this.#found[kind]!
    return known >= from ? known : (this.#found[kind] = this.#search(patterns[kind], from))
  }

  #search(pattern: RegExp | string, from: number): number {
    const at =
      typeof pattern === 'string' ? this.text.indexOf(pattern, from) : searchFrom(pattern, this.text, from)
    return at === -1 ? this.text.length : at
  }
}

/** The start of the first match from `from` on, or -1; `pattern` is global. */
function searchFrom(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? -1
}

/**
 * The events from `from` on that may be passed on unparsed, maybe none: a line of JSON each with the first choice in it, as
 * nearly every provider frames them, which tells no end, no usage and no error.
 */
export function plainFrames(text: string, from = 0, landmarks = new Landmarks(text)): Frames {
  const usageAt = landmarks.next(place.usageName, from)
  const limit = Math.min(
    landmarks.next(place.finish, from),
    landmarks.next(place.error, from),
    landmarks.next(place.carriageReturn, from),
    usageAt === text.length ? usageAt : landmarks.next(place.usage, from),
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

/** The end of the frame that starts at `from`, or -1 if it is not plausible or its choice is not the first. */
function endOfFrame(landmarks: Landmarks, from: number): number {
  const { text } = landmarks
  if (!text.startsWith('data: {"', from) && !text.startsWith('data:{"', from)) return -1
  const end = text.indexOf('\n', from)
  if (!text.startsWith('}\n\n', end - 1)) return -1
  const { opening, offset } = landmarks
  if (from + offset < end && text.startsWith(opening, from + offset)) return end + 2
  const at = landmarks.next(place.choices, from)
  const indexEnd = endOfFirstIndex(landmarks, at, end)
  if (indexEnd === -1) return -1
  landmarks.opening = text.slice(at - 1, indexEnd)
  landmarks.offset = at - 1 - from
  return end + 2
}

const comma = 0x2c
const brace = 0x7b
const closingBrace = 0x7d
const bracket = 0x5b
const zero = 0x30

/**
 * The end of the index in the choices at `at`, if they are a field and a list that begins with the first choice, before
 * `end`; otherwise -1.
 */
function endOfFirstIndex(landmarks: Landmarks, at: number, end: number): number {
  if (at >= end) return -1
  const { text } = landmarks
  const before = text.charCodeAt(at - 1)
  if (before !== comma && before !== brace && !isBlank(before)) return -1
  const list = skipBlanks(text, at + '"choices":'.length)
  const object = skipBlanks(text, list + 1)
  if (text.charCodeAt(list) !== bracket || text.charCodeAt(object) !== brace) return -1
  const index = landmarks.next(place.index, object)
  if (index >= end) return -1
  const value = skipBlanks(text, index + '"index":'.length)
  return isZero(text, value) ? value + 2 : -1
}

/** Whether the number at `at` is 0. */
function isZero(text: string, at: number): boolean {
  const after = text.charCodeAt(at + 1)
  return text.charCodeAt(at) === zero && (after === comma || after === closingBrace || isBlank(after))
}

function skipBlanks(text: string, at: number): number {
  let next = at
  while (text.charCodeAt(next) === 0x20) next++
  return next
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** The `usage: null` that a chunk has if usage comes at the end of its stream. */
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
