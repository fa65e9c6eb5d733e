import { finishAfter } from '../../chat/read/head.ts'
import type { Expected } from '../../chat/read/head.ts'
import { charactersOf } from '../../chat/estimate.ts'
import { errorIn } from '../../chat/read/error.ts'
import { hasContent } from '../../chat/read/chunk.ts'
import type { ChunkReader } from '../../chat/read/chunk.ts'
import { saysSomething } from '../../chat/read/message.ts'
import { withReasoningCount } from '../../chat/usage.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import type { Chunk, ChunkChoice, Delta, FinishReason, ReplyHead, Usage } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { badResponse } from '../failure.ts'
import { failureOfErrorObject } from '../status.ts'
import { StreamedCalls } from './streamed-calls.ts'

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

/** A chunk for a client that did not ask for usage; undefined if it has nothing else. */
export function withoutUsage(chunk: Chunk): Chunk | undefined {
  if (chunk.usage === undefined) return chunk
  const { usage, ...rest } = chunk
  return chunk.choices.length === 0 && usage !== null ? undefined : rest
}

const nothing: Delta = {}

function checkNames(calls: StreamedCalls): void {
  if (!calls.areNamed) throw new UnreadableAnswer('made a tool call without a name')
}

/** The reason that a service states, as far as the choice's calls do not deny it. */
function reasonWith(calls: StreamedCalls | undefined, reason: string, expected: Expected): string {
  return calls?.isLegacy ? reason : finishAfter(reason, calls !== undefined, expected)
}

function chunkOf({ id, created, model }: ReplyHead, choices: readonly ChunkChoice[]): Chunk {
  return { id, object: 'chat.completion.chunk', created, model, choices }
}

/** Follows a stream to tell whether it came to its end: a finish reason for every choice that began. */
export class StreamProgress {
  readonly finish: FinishReason[] = []
  /** The calls of each choice that made any. */
  #calls: Map<number, StreamedCalls> | undefined
  /** The reasons of choices that came with a piece of the answer, and are not told yet: more pieces may follow. */
  #withheld: Map<number, string> | undefined
  usage: Usage | undefined
  /** Characters of text, for an estimate if no usage arrives. */
  characters = 0

  /** Whether a call has begun. */
  get hasCalls(): boolean {
    return this.#calls !== undefined
  }

  /**
   * Adds a chunk, and returns it: as a copy if its tool calls are corrected, or a finish reason that denies them. A reason
   * beside a piece of the answer is withheld until `takeWithheld` or `ending`: clients read no further, and some services
   * repeat it in each chunk. Undefined if the chunk says nothing and its choices have ended, which some clients take for
   * content behind the end. Throws `UnreadableAnswer` if a choice ends that made a tool call without a name.
   */
  add(chunk: Chunk, expected: Expected): Chunk | undefined {
    if (chunk.usage) this.usage = chunk.usage
    else if (chunk.choices.length > 0 && this.#haveEnded(chunk) && !hasContent(chunk)) return undefined
    let choices = chunk.choices
    for (let at = 0; at < chunk.choices.length; at++) {
      const choice = chunk.choices[at]!
      const added = this.#addChoice(choice, expected)
      if (added !== choice) choices = choices.with(at, added)
    }
    return choices === chunk.choices ? chunk : { ...chunk, choices }
  }

  #haveEnded({ choices }: Chunk): boolean {
    return choices.every(choice => this.finish[choice.index] != null && !isAnnotated(choice))
  }

  #addChoice(choice: ChunkChoice, expected: Expected): ChunkChoice {
    const { index, delta, finish_reason: reason } = choice
    const calls = this.#callsOf(index, delta)
    const before = this.finish[index] ?? null
    let added = calls ? calls.add(delta, before !== null) : delta
    if (calls && reason != null) checkNames(calls)
    this.finish[index] = reason ?? before
    this.characters += charactersOf(delta)
    if (reason != null && this.#withhold(index, reason, added))
      return { ...choice, delta: added, finish_reason: null }
    if (calls && reason != null) added = calls.finish(added, reason)
    const finish = reason == null ? reason : reasonWith(calls, reason, expected)
    if (added === delta && finish === reason) return choice
    return { ...choice, delta: added, ...(finish === undefined ? {} : { finish_reason: finish }) }
  }

  /** Withholds a reason that comes with a piece of the answer; returns whether it did. */
  #withhold(index: number, reason: string, delta: Delta): boolean {
    if (!saysSomething(delta)) {
      this.#withheld?.delete(index)
      return false
    }
    this.#withheld ??= new Map()
    this.#withheld.set(index, reason)
    return true
  }

  /** Where the calls of a choice are followed, from the first of them on. */
  #callsOf(index: number, { tool_calls: pieces, function_call: legacy }: Delta): StreamedCalls | undefined {
    const known = this.#calls?.get(index)
    if (known || (pieces == null && legacy == null)) return known
    const calls = new StreamedCalls()
    this.#calls ??= new Map()
    this.#calls.set(index, calls)
    return calls
  }

  /** A chunk with the reasons that were withheld, which are then told; undefined without any. */
  takeWithheld(head: ReplyHead, expected: Expected): Chunk | undefined {
    if (!this.#withheld || this.#withheld.size === 0) return undefined
    const choices = [...this.#withheld].map(([index, reason]) => this.#endOf(index, reason, expected))
    this.#withheld.clear()
    return chunkOf(head, choices)
  }

  /**
   * A chunk with a finish reason for each choice that began and was told none, since some services send `[DONE]` alone, and
   * with arguments that were held back. Undefined if nothing is missing. In `finish`, reasons that the service did not state
   * stay null. Throws as `add` does.
   */
  ending(head: ReplyHead, expected: Expected): Chunk | undefined {
    const choices = this.finish.flatMap((reason, index) => {
      const withheld = this.#withheld?.get(index) ?? null
      if (reason === null || withheld !== null) return [this.#endOf(index, withheld, expected)]
      const delta = this.#calls?.get(index)?.end(nothing) ?? nothing
      return delta === nothing ? [] : [{ index, delta, finish_reason: null }]
    })
    return choices.length > 0 ? chunkOf(head, choices) : undefined
  }

  #endOf(index: number, reason: FinishReason, expected: Expected): ChunkChoice {
    const calls = this.#calls?.get(index)
    if (!calls) return { index, delta: nothing, finish_reason: reasonWith(calls, reason ?? 'stop', expected) }
    if (reason === null) {
      checkNames(calls)
      return { index, delta: calls.end(nothing), finish_reason: calls.reason }
    }
    return { index, delta: calls.finish(nothing, reason), finish_reason: reasonWith(calls, reason, expected) }
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

/** Whether a choice says something beside its answer: Azure's asynchronous filter may judge an answer when it has ended. */
function isAnnotated({ index: _index, delta: _delta, ...others }: ChunkChoice): boolean {
  return Object.values(others).some(
    value => typeof value === 'object' && value !== null && Object.keys(value).length > 0,
  )
}
