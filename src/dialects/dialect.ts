import type { ChainRequest } from '../chain/request.ts'
import type { Config } from '../config/schema.ts'
import type { Chunk, Completion, Usage } from '../contract/index.ts'
import type { ErrorFormat, ToldError } from './error-body.ts'

/** A wire format clients speak. Pure: what is read and written, never sent. */
export interface Dialect {
  readonly name: string
  /** Checks a parsed body and reads it; throws `invalid_value` with the field at fault. */
  read: (body: unknown, options: ReadOptions) => Incoming
}

/** What clients of a dialect expect of every response, also where nothing could be read. */
export interface Manners {
  /** How errors are told before there is a stream; OpenAI's way unless set. */
  readonly errors?: ErrorFormat
  /** A header for the request's id beside `x-request-id`. */
  readonly requestIdHeader?: string
}

export interface ReadOptions {
  /** The body as it came. */
  readonly bytes?: Uint8Array | undefined
  /** Top-level fields that stand for params of the loaded steps. */
  readonly aliases: ReadonlySet<string>
  readonly limits: Pick<Config['limits'], 'calls'>
  /** For requests that name no model. */
  readonly defaultModel: string | undefined
}

/** A request, read. */
export interface Incoming {
  /** One request, or one for each prompt of a list, whose choices follow each other in the answer. */
  readonly requests: readonly [ChainRequest, ...ChainRequest[]]
  readonly stream: boolean
  /** The client is told what its stream has used. */
  readonly includeUsage: boolean
  readonly encoder: Encoder
}

/** Writes the answer to one request as its client expects it; it may remember what it has written of a stream. */
export interface Encoder {
  /** Provider bytes in this dialect need no encoding. */
  readonly dialect: string
  /** The frame that comes after everything else; absent where the last event tells that it is the last. */
  readonly terminator?: string
  /** Events go out under a name, which is their `type`. */
  readonly named?: boolean
  completion: (completion: Completion) => object
  /** The events of a chunk; none where the format has nothing to say for it. */
  chunk: (chunk: Chunk) => readonly StreamEvent[]
  /** The events that close a stream; with what it has used, where the client is told, and with `more` fields of ours. */
  end: (head: ChunkHead, usage: Usage | undefined, more?: StreamEvent) => readonly StreamEvent[]
  /** The events that break a stream off. */
  fail: (told: ToldError) => readonly StreamEvent[]
  /** Progress as events; absent where the format has no place for it. */
  progress?: (head: ChunkHead, text: string) => readonly StreamEvent[]
}

/** The data of one server-sent event. */
export type StreamEvent = Readonly<Record<string, unknown>>

/** What all chunks of a stream share. */
export type ChunkHead = Pick<Chunk, 'id' | 'created' | 'model'>

/** What closes a stream of OpenAI's completions. */
export const doneFrame = 'data: [DONE]\n\n'
