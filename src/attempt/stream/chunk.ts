import { finishAfter } from '../../chat/read/head.ts'
import type { Expected } from '../../chat/read/head.ts'
import { charactersOf } from '../../chat/estimate.ts'
import { errorIn } from '../../chat/read/error.ts'
import type { ChunkReader } from '../../chat/read/chunk.ts'
import { withReasoningCount } from '../../chat/usage.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { ToolCalls } from '../../chat/tool-calls.ts'
import type { Chunk, ChunkChoice, Delta, FinishReason, ReplyHead, Usage } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { badResponse } from '../failure.ts'
import { failureOfErrorObject } from '../status.ts'

/** A chunk, and its JSON on one line: the provider's own if nothing had to be corrected. */
export interface ReadEvent {
  readonly chunk: Chunk
  readonly json: string
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
    const value: unknown = JSON.parse(data)
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

function withCalls(choice: ChunkChoice, calls: readonly StreamedPiece[] | undefined): ChunkChoice {
  const { tool_calls: _, ...delta } = choice.delta
  return { ...choice, delta: calls ? { ...delta, tool_calls: calls } : delta }
}

/** A chunk for a client that did not ask for usage; undefined if it has nothing else. */
export function withoutUsage(chunk: Chunk): Chunk | undefined {
  const { usage, ...rest } = chunk
  if (usage === undefined) return chunk
  return chunk.choices.length === 0 && usage !== null ? undefined : rest
}

type StreamedPiece = NonNullable<Delta['tool_calls']>[number]

/** Characters of a text that may say null, with some space around it. */
const maxNullText = 16

/** Whether a text is "null". Only a short text is looked at: to read one that grows piece by piece copies it each time. */
function isNullText(text: string): boolean {
  return text.length <= maxNullText && text.trim() === 'null'
}

/** Empties the arguments of a call that takes none, for which some services write the text "null". */
function withoutNull(piece: StreamedPiece): StreamedPiece {
  return piece.function ? { ...piece, function: { ...piece.function, arguments: '' } } : piece
}

/** Follows a stream to tell whether it came to its end: a finish reason for every choice that began. */
export class StreamProgress {
  readonly finish: FinishReason[] = []
  /** The tool calls of each choice that made any. */
  readonly #calls = new Map<number, ToolCalls>()
  /** Whether the answer has a call of chat's first years, which has no index. */
  #hasLegacyCall = false
  /** Whether a call has begun. */
  hasCalls = false
  usage: Usage | undefined
  /** Characters of text, for an estimate if no usage arrives. */
  characters = 0

  /**
   * Adds a chunk, and returns it: as a copy if pieces of its tool calls lack an id, or the index of their call, on which SDKs
   * rely, if a finish reason denies the calls, or if a call would end without arguments. Throws `UnreadableAnswer` if a choice
   * ends that made a tool call without a name.
   */
  add(chunk: Chunk, expected: Expected): Chunk {
    if (chunk.usage) this.usage = chunk.usage
    let choices = chunk.choices
    for (const [at, choice] of chunk.choices.entries()) {
      const { index, delta, finish_reason } = choice
      const { tool_calls: pieces, function_call: legacy } = delta
      const placed = pieces && this.#addCalls(index, pieces)
      if (placed !== pieces) choices = choices.with(at, withCalls(choice, placed))
      if (finish_reason != null) {
        this.#checkCalls(index)
        const completed = this.#completeCalls(choice, placed)
        if (completed !== placed) choices = choices.with(at, withCalls(choice, completed))
      }
      if (legacy != null) this.#hasLegacyCall = true
      this.hasCalls ||= pieces != null || legacy != null
      const hasCalls = this.#calls.has(index)
      const finish = this.#hasLegacyCall ? finish_reason : finishAfter(finish_reason, hasCalls, expected)
      if (finish !== finish_reason) choices = choices.with(at, { ...choices[at]!, finish_reason: finish! })
      this.finish[index] = finish_reason ?? this.finish[index] ?? null
      this.characters += charactersOf(delta)
    }
    return choices === chunk.choices ? chunk : { ...chunk, choices }
  }

  /**
   * Adds pieces of tool calls, and returns them, each with the place of its call, and the first of a call with an id. A call
   * that begins without a name after the choice has ended is left out: nobody waits for its name.
   */
  #addCalls(index: number, pieces: readonly StreamedPiece[]): readonly StreamedPiece[] | undefined {
    const calls = this.#calls.get(index) ?? new ToolCalls()
    this.#calls.set(index, calls)
    const hasEnded = this.finish[index] != null
    const placed = pieces.flatMap((piece, position) => {
      if (hasEnded && !piece.function?.name && !piece['custom'] && !calls.knows(piece, position)) return []
      const count = calls.all.length
      const call = calls.add(piece, position)
      const id = piece.id || call.place === count ? calls.idOf(call) : undefined
      const isNull = isNullText(call.arguments)
      if (id === piece.id && call.place === piece.index && !isNull) return [piece]
      if (isNull) call.arguments = ''
      return [
        { ...(isNull ? withoutNull(piece) : piece), index: call.place, ...(id === undefined ? {} : { id }) },
      ]
    })
    if (placed.length < pieces.length) return placed.length > 0 ? placed : undefined
    return placed.every((piece, position) => piece === pieces[position]) ? pieces : placed
  }

  /**
   * The pieces of a chunk that ends its choice, with `{}` for calls whose function takes nothing: clients parse the text. A
   * service that ends each chunk with "stop" may send the arguments later, and a maximum may have cut them off.
   */
  #completeCalls(
    { index, finish_reason }: ChunkChoice,
    pieces: readonly StreamedPiece[] | undefined,
  ): readonly StreamedPiece[] | undefined {
    const isOver = finish_reason === 'tool_calls' || (finish_reason === 'stop' && !pieces)
    const missing = isOver ? this.#missingArguments(index) : []
    return missing.length > 0 ? [...(pieces ?? []), ...missing] : pieces
  }

  #missingArguments(index: number): readonly StreamedPiece[] {
    const calls = this.#calls.get(index)
    return (calls?.all ?? []).flatMap(call => {
      if (call.name === '' || /\S/.test(call.arguments)) return []
      const piece = { index: call.place, function: { arguments: '{}' } }
      calls!.add(piece)
      return [piece]
    })
  }

  #checkCalls(index: number): void {
    const calls = this.#calls.get(index)?.all ?? []
    if (calls.some(({ name, fields }) => name === '' && !fields.has('custom')))
      throw new UnreadableAnswer('made a tool call without a name')
  }

  /**
   * A chunk with a finish reason for each choice that began and lacks one: some services send `[DONE]` alone. Undefined if
   * none lacks it. In `finish` they stay null, since the service did not say so. Throws as `add` does.
   */
  ending({ id, created, model }: ReplyHead): Chunk | undefined {
    const open = this.finish.flatMap((reason, index) => (reason === null ? [index] : []))
    if (open.length === 0) return undefined
    const choices = open.map(index => {
      this.#checkCalls(index)
      const missing = this.#missingArguments(index)
      const delta = missing.length > 0 ? { tool_calls: missing } : {}
      const finish_reason = this.#calls.has(index) ? 'tool_calls' : 'stop'
      return { index, delta, finish_reason }
    })
    return { id, object: 'chat.completion.chunk', created, model, choices }
  }

  /** Counts characters that were not parsed. */
  addText(characters: number): void {
    this.characters += characters
  }

  get complete(): boolean {
    if (this.finish.length === 0) return false
    for (let index = 0; index < this.finish.length; index++) if (this.finish[index] == null) return false
    return true
  }
}
