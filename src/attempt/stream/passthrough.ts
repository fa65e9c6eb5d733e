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

/**
 * Finds the events of one stream that may be passed on unparsed: a line of JSON each with the first choice in it, as nearly
 * every provider frames them, which tells no end, no usage and no error.
 */
export class PlainFrames {
  #text: string
  /** The last place found for each pattern, so that each is searched for once: the time for all frames is linear. */
  #found = unsearched()
  /** The last plain frame up to the index of its choice. Nearly every frame begins like the one before it. */
  #opening = ''

  constructor(text = '') {
    this.#text = text
  }

  /** Continues with the next text of the stream, which begins an event. */
  open(text: string): void {
    this.#text = text
    this.#found = unsearched()
  }

  /** The plain frames at `from`, maybe none. Calls for the same text do not go back. */
  take(from = 0): Frames {
    const text = this.#text
    const usageAt = this.#next(place.usageName, from)
    const limit = Math.min(
      this.#next(place.finish, from),
      this.#next(place.error, from),
      this.#next(place.carriageReturn, from),
      usageAt === text.length ? usageAt : this.#next(place.usage, from),
    )
    let end = from
    let count = 0
    for (let next = this.#endOfFrame(from); next !== -1 && next <= limit; next = this.#endOfFrame(next)) {
      end = next
      count++
    }
    return { text: text.slice(from, end), count, namesUsage: usageAt < end }
  }

  /** The first place of a kind from `from` on, or the length of the text. */
  #next(kind: Place, from: number): number {
    const known = this.#found[kind]!
    if (known >= from) return known
    const at = search(this.#text, patterns[kind], from)
    return (this.#found[kind] = at === -1 ? this.#text.length : at)
  }

  /** The end of the frame that starts at `from`, or -1 if it is not plausible or its choice is not the first. */
  #endOfFrame(from: number): number {
    const text = this.#text
    const opens = this.#opening !== '' && text.slice(from, from + this.#opening.length) === this.#opening
    if (!opens && !text.startsWith('data: {"', from) && !text.startsWith('data:{"', from)) return -1
    const end = text.indexOf('\n', opens ? from + this.#opening.length : from)
    if (text.charCodeAt(end - 1) !== closingBrace || text.charCodeAt(end + 1) !== newline) return -1
    if (opens) return end + 2
    const indexEnd = this.#endOfFirstIndex(this.#next(place.choices, from), end)
    if (indexEnd === -1) return -1
    this.#opening = text.slice(from, indexEnd)
    return end + 2
  }

  /**
   * The end of the index in the choices at `at`, if they are a field and a list that begins with the first choice, before
   * `end`; otherwise -1.
   */
  #endOfFirstIndex(at: number, end: number): number {
    if (at >= end) return -1
    const text = this.#text
    const before = text.charCodeAt(at - 1)
    if (before !== comma && before !== brace && !isBlank(before)) return -1
    const list = skipBlanks(text, at + '"choices":'.length)
    const object = skipBlanks(text, list + 1)
    if (text.charCodeAt(list) !== bracket || text.charCodeAt(object) !== brace) return -1
    const index = this.#next(place.index, object)
    if (index >= end) return -1
    const value = skipBlanks(text, index + '"index":'.length)
    return isZero(text, value) ? value + 2 : -1
  }
}

function unsearched(): number[] {
  return [-1, -1, -1, -1, -1, -1, -1]
}

function search(text: string, pattern: RegExp | string, from: number): number {
  if (typeof pattern === 'string') return text.indexOf(pattern, from)
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? -1
}

const newline = 0x0a
const comma = 0x2c
const brace = 0x7b
const closingBrace = 0x7d
const bracket = 0x5b
const zero = 0x30

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
