import { createParser } from 'eventsource-parser'
import type { EventSourceMessage } from 'eventsource-parser'
import { HulumanageError } from '../contract/index.ts'
import { isDone } from '../text/sse.ts'
import { isObjectText, jsonOrUndefined } from '../text/json/parse.ts'

/** Maximum length of an event, in characters, unless the configuration has its say: the default of `limits.response_bytes`. */
export const maxEventLength = 32 * 1024 * 1024

/** Reads server-sent events in pieces. */
export interface EventParser {
  /** Reads a piece of the stream, which may end anywhere. */
  readonly feed: (text: string) => void
}

/**
 * Creates a parser of a provider's server-sent events, in any framing. Its time is linear in the text, however it is cut.
 * `onData` gets the name of each event as well. `feed` throws `upstream_too_large` for an event of more than `maxLength`
 * characters, and whatever `onData` throws. All characters count, since a line takes more memory than its data; only comments,
 * which nobody keeps, do not.
 *
 * The data of an event named `error` always says that it is one, also if the event has its words in a comment.
 */
export function createEventParser(
  onData: (data: string, name?: string) => void,
  maxLength: number = maxEventLength,
): EventParser {
  /** The characters that have come since the last event. */
  let pending = 0
  const commented = new CommentedErrors()
  const tooLarge = (cause?: Error) =>
    new HulumanageError('upstream_too_large', `sent an event of more than ${maxLength} characters`, { cause })
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent: event => {
      pending = 0
      for (const data of dataOf(event)) onData(data, event.event)
    },
    onComment: comment => {
      // Its colon and the end of its line; a space between them counts.
      pending -= comment.length + 2
    },
    onError: error => {
      if (error.type === 'max-buffer-size-exceeded') throw tooLarge(error)
      // llama.cpp of 2025 has a field of its own for errors: https://github.com/ggml-org/llama.cpp/pull/16109
      if (error.field === 'error' && error.value) onData(errorData(error.value))
    },
  })
  const read = (text: string) => {
    pending += text.length
    parser.feed(text)
    if (pending > maxLength) throw tooLarge()
  }
  return {
    feed: text => {
      let rest = text
      for (let error = commented.add(rest); error; error = commented.add(rest)) {
        read(rest.slice(0, error.end))
        pending = 0
        onData(error.words === '' ? '{"error":{}}' : errorData(error.words))
        rest = rest.slice(error.end)
      }
      read(rest)
    },
  }
}

/** The data of an event, or of those that its lines are. The last of an event that is named an error says that it is one. */
function dataOf({ event, data }: EventSourceMessage): readonly string[] {
  const datas = separate(data)
  if (event !== 'error') return datas
  const last = datas.findLastIndex(each => !isDone(each))
  return datas.map((each, index) => (index === last ? errorData(each) : each))
}

/**
 * The data of an event, or of several that its lines are: some services end an event with a single line break, or break one off
 * to tell an error. JSON may have line breaks as well.
 */
function separate(data: string): readonly string[] {
  if (!data.includes('\n') || jsonOrUndefined(data) !== undefined) return [data]
  const lines = data.split('\n').filter(line => line.trim() !== '')
  const areEvents = lines.length > 1 && lines.every(line => line.startsWith('{') || isDone(line))
  const last = lines.at(-1) ?? ''
  return areEvents && (isObjectText(last) || isDone(last)) ? lines : [data]
}

/** The data of an error as `{error}`, unless it is an error in itself, in the form of some API. */
function errorData(data: string): string {
  const value = jsonOrUndefined(data)
  const { error, type } = Object(value) as { readonly error?: unknown; readonly type?: unknown }
  return error != null || type === 'error' ? data : JSON.stringify({ error: value ?? data })
}

/** An event that is named an error and has nothing but comments, up to its blank line. */
const ofComments =
  /(?:^|[\r\n])event: ?error(?:\r\n|\n|\r(?!\n))((?::[^\r\n]*(?:\r\n|\n|\r(?!\n)))+)(?:\r\n|[\r\n])/

/** Length of a piece that may be a part of a line. */
const shortPiece = 256
/** Characters that are kept of the pieces before a short one. */
const maxKept = 1024

/**
 * Finds events that say in comments what failed. NVIDIA's Dynamo sends such events without any data, so that a parser of events
 * never tells of them.
 */
class CommentedErrors {
  #recent = ''

  /** Adds a piece of the stream. Returns the words of the first such error that ends in it, and where it ends in the piece. */
  add(text: string): { readonly words: string; readonly end: number } | undefined {
    const before = text.length < shortPiece ? this.#recent.slice(-maxKept) : ''
    this.#recent = before + text
    const found = this.#recent.includes('error') ? ofComments.exec(this.#recent) : null
    if (!found) return undefined
    this.#recent = ''
    return { words: wordsOf(found[1]!), end: found.index + found[0].length - before.length }
  }
}

function wordsOf(comments: string): string {
  return comments
    .split(/[\r\n]+/)
    .map(line => line.slice(1).trim())
    .filter(line => line !== '')
    .join('\n')
}
