import type { ChainRequest } from '../chain/request.ts'
import type { Config } from '../config/schema.ts'
import type { Chunk, Completion, Usage } from '../contract/index.ts'
import type { ErrorFormat, PublicError } from './error-body.ts'

/** A wire format that clients speak. Pure: it reads and writes bodies and sends nothing. */
export interface Dialect {
  readonly name: string
  /** Checks a parsed body and reads it; throws `invalid_value` with the field at fault. */
  read: (body: unknown, options: ReadOptions) => Incoming
}

/** Conventions that clients of a dialect expect of every response, even if the request could not be read. */
export interface Conventions {
  /** The body of errors before a stream has started; OpenAI's unless set. */
  readonly errors?: ErrorFormat
  /** The status of an overloaded provider; 503 unless set. */
  readonly overloadedStatus?: number
  /** A header with the request's id, in addition to `x-request-id`. */
  readonly requestIdHeader?: string
}

/** The facts about the server and the request that a dialect reads a body with. */
export interface ReadOptions {
  /** The body as it was received. */
  readonly bytes?: Uint8Array | undefined
  /** Top-level fields that set params of the loaded steps. */
  readonly aliases: ReadonlySet<string>
  readonly limits: Pick<Config['limits'], 'calls'>
  /** For requests that name no model. */
  readonly defaultModel: string | undefined
  /** Whether streams report usage unless their request refuses it. */
  readonly streamUsage?: boolean
  /** For formats whose answers a client can name later. */
  readonly answer?: AnswerFacts | undefined
}

/** Facts about an answer that are known in advance. */
export interface AnswerFacts {
  /** The part that the ids of the answer share; ids of providers may repeat. */
  readonly stem: string
  /** The id of the earlier answer that it continues, if that was inserted. */
  readonly previous: string | undefined
  /** Whether answers are kept, unless the request says otherwise. */
  readonly kept: boolean
}

/** Gets a whole answer in the form of its client. */
export type AnswerListener = (answer: Readonly<Record<string, unknown>>) => void

/** A request body that has been read. */
export interface Incoming {
  /** One request, or one for each prompt of a list, whose choices follow each other in the answer. */
  readonly requests: readonly [ChainRequest, ...ChainRequest[]]
  readonly stream: boolean
  /** Whether the stream reports its usage to the client. */
  readonly includeUsage: boolean
  readonly encoder: Encoder
  /** Set if the client may name the answer later: the listener gets it, encoded, once it has ended well. */
  readonly onAnswer?: ((listener: AnswerListener) => void) | undefined
  /** Sees an answer that is relayed in the service's own bytes: the text of frames, or a whole body. */
  readonly onRelayed?: ((text: string | Uint8Array) => void) | undefined
  /** Settles when the answer may end: an id must be usable once the client knows it. */
  readonly beforeEnd?: (() => Promise<void>) | undefined
}

/** Writes the answer to one request as its client expects it. It may keep state about the stream it has written. */
export interface Encoder {
  /** Bytes of a provider in this dialect need no encoding. */
  readonly dialect: string
  /** The last frame of a stream; absent if the last event marks itself as the last. */
  readonly terminator?: string
  /** Whether each event is sent with a name, which is its `type`. */
  readonly named?: boolean
  completion: (completion: Completion) => object
  /** The events of a chunk; empty if the format has none for it. */
  chunk: (chunk: Chunk) => readonly StreamEvent[]
  /** The events that end a stream, with its usage if the client gets it, and with fields of ours in `more`. */
  end: (head: ChunkHead, usage: Usage | undefined, more?: StreamEvent) => readonly StreamEvent[]
  /** Sees the frames of a service's own events that were sent to the client. */
  follow?: (frames: string) => void
  /** The events that end a stream with an error. */
  fail: (error: PublicError) => readonly StreamEvent[]
  /** The events of a note on progress; absent if the format has no place for one. */
  progress?: (head: ChunkHead, text: string) => readonly StreamEvent[]
}

/** The data of one server-sent event. */
export type StreamEvent = Readonly<Record<string, unknown>>

/** The fields that all chunks of a stream share. */
export type ChunkHead = Pick<Chunk, 'id' | 'created' | 'model'>
