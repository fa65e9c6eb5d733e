import { errorIn } from '../../chat/read/error.ts'
import type { ChunkReader } from '../../chat/read/chunk.ts'
import { withReasoningCount } from '../../chat/usage.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import type { Chunk, ChunkChoice, ReplyHead } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { badResponse } from '../failure.ts'
import { failureOfErrorObject } from '../status.ts'
import { parseJson } from '../../text/json/parse.ts'

/** A chunk, and its JSON on one line: the provider's own if nothing had to be corrected. */
export interface ReadEvent {
  readonly chunk: Chunk
  readonly json: string
}

/** A chunk to pass on. `json` is the provider's own text, if the chunk is unchanged. */
export interface PassedChunk {
  readonly chunk: Chunk
  readonly json?: string | undefined
}

/**
 * The chunk in an event's data; undefined if it is not part of an answer, such as a ping; `malformed` if it begins like JSON
 * but is not. Throws an `AttemptFailure` if there is an error in it, or a part of the answer that cannot be read.
 */
export function readEvent(
  provider: string,
  data: string,
  reader: ChunkReader,
  secrets?: readonly string[],
): ReadEvent | 'malformed' | undefined {
  const value = parse(data)
  if (value === malformed) return malformed
  const plain = reader.glance(value)
  if (plain) return { chunk: plain, json: onOneLine(data) }
  const error = errorIn(value)
  if (error !== undefined) throw failureOfErrorObject(provider, error, secrets)
  try {
    const chunk = reader.read(value)
    if (!chunk) return undefined
    if (chunk !== value) return { chunk, json: JSON.stringify(chunk) }
    return { chunk, json: onOneLine(data) }
  } catch (thrown) {
    throw thrown instanceof UnreadableAnswer ? badResponse(provider, thrown.message, thrown) : thrown
  }
}

function onOneLine(json: string): string {
  return json.includes('\n') ? json.replaceAll('\n', ' ') : json
}

const malformed = 'malformed'

/** Data that begins like JSON but does not parse may have lost a part of the answer; any other text is a sign of life. */
function parse(data: string): unknown {
  try {
    const value: unknown = parseJson(data)
    return value === malformed ? undefined : value
  } catch {
    return /^\s*[{[]/.test(data) ? malformed : undefined
  }
}

/** The head of a stream that begins with a chunk, or has not begun yet. */
export function replyHead(chunk: Chunk | undefined, provider: string, model: string): ReplyHead {
  const { id = '', created = unixSeconds(), model: named = model } = chunk ?? {}
  return { id, model: named, created, provider }
}

/** A chunk whose usage has the numbers that clients add up; the chunk itself if it has them, or no usage. */
export function withCounts(chunk: Chunk): Chunk {
  if (!chunk.usage) return chunk
  const usage = withReasoningCount(chunk.usage)
  return usage === chunk.usage ? chunk : { ...chunk, usage }
}

/** A chunk for a client that did not ask for usage; undefined if it has nothing else. */
export function withoutUsage(chunk: Chunk): Chunk | undefined {
  if (chunk.usage === undefined) return chunk
  const { usage, ...rest } = chunk
  return chunk.choices.length === 0 && usage !== null ? undefined : rest
}

/** A chunk with other choices; the chunk itself if they are the same. */
export function withChoices(sent: PassedChunk, change: (choice: ChunkChoice) => ChunkChoice): PassedChunk {
  const { choices } = sent.chunk
  let changed = choices
  for (let at = 0; at < choices.length; at++) {
    const choice = change(choices[at]!)
    if (choice !== choices[at]) changed = changed.with(at, choice)
  }
  return changed === choices ? sent : { chunk: { ...sent.chunk, choices: changed } }
}

/** A chunk of our own for a stream with that head. */
export function chunkOf({ id, created, model }: ReplyHead, choices: readonly ChunkChoice[]): Chunk {
  return { id, object: 'chat.completion.chunk', created, model, choices }
}
