import type { Asked } from '../chain/types.ts'
import type { Config } from '../config/schema.ts'
import type { Chunk, Completion, Usage } from '../contract/index.ts'

/** A wire format clients speak. Pure: what is read and written, never sent. */
export interface Dialect {
  readonly name: string
  /** Checks a parsed body and reads it; throws `invalid_value` with the field at fault. */
  read: (body: unknown, options: ReadOptions) => Incoming
}

export interface ReadOptions {
  /** The body as it came. */
  readonly bytes?: Uint8Array | undefined
  /** Top-level fields that stand for params of the loaded steps. */
  readonly aliases: ReadonlySet<string>
  readonly limits: Config['limits']
  /** For requests that name no model. */
  readonly model: string | undefined
}

/** A request, read. */
export interface Incoming {
  /** What to run: one, or one for each prompt of a list, whose choices follow each other. */
  readonly asked: readonly [Asked, ...Asked[]]
  readonly stream: boolean
  /** The client wants a chunk with usage at the end of its stream. */
  readonly includeUsage: boolean
  readonly encoder: Encoder
}

/** Writes answers as the client expects them. */
export interface Encoder {
  /** Provider bytes in this dialect need no encoding. */
  readonly dialect: string
  completion: (completion: Completion) => unknown
  /** Undefined where the format has nothing to say for a chunk. */
  chunk: (chunk: Chunk) => unknown
  /** The chunk that closes a stream with what it has used. */
  usage: (head: ChunkHead, usage: Usage) => unknown
  /** Progress as a chunk; absent where the format has no place for it. */
  progress?: (head: ChunkHead, text: string) => unknown
}

/** What all chunks of a stream share. */
export type ChunkHead = Pick<Chunk, 'id' | 'created' | 'model'>
