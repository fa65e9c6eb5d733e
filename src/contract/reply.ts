import type { Chunk, Completion, FinishReason, Message, Usage } from './chat.ts'

/** The part of an answer that is known before its body has been read. */
export interface ReplyHead {
  readonly id: string
  /** The model that the provider named, or the requested one if it named none. */
  readonly model: string
  /** Unix time in seconds. */
  readonly created: number
  /** The provider that answered; absent if a step made the answer of several calls. */
  readonly provider?: string
  /** The verdict of the cache: `hit` if no model was called. Clients see it as `x-hulumanage-cache`. */
  readonly cache?: CacheStatus
}

export type CacheStatus = 'hit' | 'miss' | 'bypass'

/** A provider's answer in its original bytes, so that relaying needs no parsing and serializing. */
export interface Wire {
  /** The wire format of the body, such as `chat`. */
  readonly dialect: string
  readonly status: number
  /** Only the headers that may reach a client. */
  readonly headers: Readonly<Record<string, string>>
  /** The bytes of a whole JSON body, or framed server-sent events; one string has all events that arrived together. */
  readonly body: Uint8Array | AsyncIterable<string>
  /** The bytes of any other body as they arrive, such as audio; `body` is then empty. */
  readonly bytes?: AsyncIterable<Uint8Array>
}

/** The end of an answer. */
export interface ReplyEnd {
  readonly usage: Usage | undefined
  /** The finish reasons of the choices, by index; null if the provider ended its stream without one. */
  readonly finish: readonly FinishReason[]
  /** The reason the body broke off or was cancelled, if it was; readers of the body get the same error thrown. */
  readonly error?: Error
}

/**
 * An answer, read like a fetch Response: awaiting the call yields the head, and the body is then read once: as chunks,
 * as `wire` or as a whole. A second read throws `reply_read`.
 */
export interface Reply extends AsyncIterable<Chunk> {
  readonly head: ReplyHead
  readonly wire?: Wire
  /** Resolves when the body has ended, broken off or been cancelled. Never rejects. */
  readonly done: Promise<ReplyEnd>
  /** Reads the whole answer, with all choices. */
  completion: () => Promise<Completion>
  /** Reads the text of the first choice; empty if the model only called tools. */
  text: () => Promise<string>
  /** Reads the texts of all choices, by index. */
  texts: () => Promise<readonly string[]>
  /** Reads the message of the first choice, tool calls included. */
  message: () => Promise<Message>
  /** Stops a model that is still writing; later reads throw. Does nothing after the end. */
  cancel: (reason?: unknown) => void
}
