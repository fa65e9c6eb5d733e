import { createParser } from 'eventsource-parser'
import { HulumanageError } from '../contract/index.ts'
import { isDone } from '../text/sse.ts'
import { isObjectText, parsedJson } from '../text/json-text.ts'

/** Maximum length of an event, in characters, unless the configuration has its say: the default of `limits.response_bytes`. */
export const maxEventLength = 32 * 1024 * 1024

/** Reads server-sent events in pieces. */
export interface EventParser {
  /** Reads a piece of the stream, which may end anywhere. */
  readonly feed: (text: string) => void
}

/**
 * Creates a parser of a provider's server-sent events, in any framing. Its time is linear in the text, however it is cut.
 * `feed` throws `upstream_too_large` for an event of more than `maxLength` characters, and whatever `onData` throws. All
 * characters count, since a line takes more memory than its data; only comments, which nobody keeps, do not.
 *
 * The data of an event named `error` always says that it is one, also if the event has its words in a comment.
 */
export function createEventParser(
  onData: (data: string) => void,
  maxLength: number = maxEventLength,
): EventParser {
  /** The characters that have come since the last event. */
  let pending = 0
  const comments = new ErrorComments()
  const tooLarge = (cause?: Error) =>
    new HulumanageError('upstream_too_large', `sent an event of more than ${maxLength} characters`, { cause })
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent: event => {
      pending = 0
      for (const data of separate(event.data)) onData(event.event === 'error' ? errorData(data) : data)
    },
    onComment: comment => {
      // Its colon and the end of its line; a space between them counts.
      pending -= comment.length + 2
      const { words } = comments
      if (words !== undefined) onData(words === '' ? '{"error":{}}' : errorData(words))
    },
    onError: error => {
      if (error.type === 'max-buffer-size-exceeded') throw tooLarge(error)
      // llama.cpp of 2025 has a field of its own for errors: https://github.com/ggml-org/llama.cpp/pull/16109
      if (error.field === 'error' && error.value) onData(errorData(error.value))
    },
  })
  return {
    feed: text => {
      pending += text.length
      comments.add(text)
      parser.feed(text)
      if (pending > maxLength) throw tooLarge()
    },
  }
}

/**
 * The data of an event, or of several that its lines are: some services end an event with a single line break, or break one off
 * to tell an error. JSON may have line breaks as well.
 */
function separate(data: string): readonly string[] {
  if (!data.includes('\n') || parsedJson(data) !== undefined) return [data]
  const lines = data.split('\n').filter(line => line.trim() !== '')
  const areEvents = lines.length > 1 && lines.every(line => line.startsWith('{') || isDone(line))
  const last = lines.at(-1) ?? ''
  return areEvents && (isObjectText(last) || isDone(last)) ? lines : [data]
}

/** The data of an error as `{error}`, unless it is an error in itself, in the form of some API. */
function errorData(data: string): string {
  if (isDone(data)) return data
  const value = parsedJson(data)
  const { error, type } = Object(value) as { readonly error?: unknown; readonly type?: unknown }
  return error != null || type === 'error' ? data : JSON.stringify({ error: value ?? data })
}

/** An event that is named an error and says what failed in comments, up to its last line that is complete. */
const commented = /(?:^|[\r\n])event: ?error(?:\r\n|[\r\n])((?::[^\r\n]*(?:\r\n|[\r\n]))+)/

/** Length of a piece that may be a part of a line. */
const shortPiece = 256
/** Characters that are kept of the pieces before a short one. */
const maxKept = 1024

/**
 * The words in the comments of an event that is an error. NVIDIA's Dynamo sends such events without any data, so that a parser
 * of events never tells of them.
 */
class ErrorComments {
  #recent = ''
  #isRead = false
  #words: string | undefined

  /** Adds a piece of the stream. */
  add(text: string): void {
    this.#recent = text.length < shortPiece ? this.#recent.slice(-maxKept) + text : text
    this.#isRead = false
  }

  /** The words of an error in the last pieces, to ask for when a comment has come; undefined without one. */
  get words(): string | undefined {
    // Once for each piece, which may have any number of comments.
    if (!this.#isRead) this.#words = wordsInComments(this.#recent)
    this.#isRead = true
    return this.#words
  }
}

function wordsInComments(text: string): string | undefined {
  const [, lines] = text.includes('error') ? (commented.exec(text) ?? []) : []
  return lines
    ?.split(/[\r\n]+/)
    .map(line => line.slice(1).trim())
    .filter(line => line !== '')
    .join('\n')
}
