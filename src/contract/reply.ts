import type { Chunk, Completion, FinishReason, Message, Usage } from './chat.ts'

/** What is known of an answer before its body has been read. */
export interface ReplyHead {
  readonly id: string
  /** The model as the provider named it, or the requested one where it did not say. */
  readonly model: string
  /** Unix time in seconds. */
  readonly created: number
  /** The provider that answered; absent where a step made the answer of several calls. */
  readonly provider?: string
  /** What a cache did: `hit` where no model was called for this request. Told to the client as `x-hulumanage-cache`. */
  readonly cache?: CacheStatus
}

export type CacheStatus = 'hit' | 'miss' | 'bypass'

/** A provider's answer as it came, so that a relay need not parse and print it again. */
export interface Wire {
  /** The wire format of the body, such as `chat`. */
  readonly dialect: string
  readonly status: number
  /** Only headers that may reach a client. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of a whole JSON body, or framed server-sent events, several in one string where they came together. */
  readonly body: Uint8Array | AsyncIterable<string>
}

/** How an answer ended. */
export interface Done {
  readonly usage: Usage | undefined
  /** One for each choice, by index. */
  readonly finish: readonly FinishReason[]
  /** Set where the body broke off or was cancelled; a reader of the body gets the same error thrown. */
  readonly error?: Error
}

/**
 * An answer, read like a fetch Response: awaiting the call gave the head, the body is read once: as chunks, as `wire`,
 * or whole. A second read throws `reply_read`.
 */
export interface Reply extends AsyncIterable<Chunk> {
  readonly head: ReplyHead
  readonly wire?: Wire
  /** Settles (never rejects) when the body has ended, broken off or been cancelled. */
  readonly done: Promise<Done>
  /** The whole answer with all choices. */
  completion: () => Promise<Completion>
  /** The text of the first choice; empty where the model made tool calls only. */
  text: () => Promise<string>
  /** The texts of all choices, by index. */
  texts: () => Promise<readonly string[]>
  /** The first choice's message, tool calls included. */
  message: () => Promise<Message>
  /** Stops the model where it still writes; later reads throw. Harmless after the end. */
  cancel: (reason?: unknown) => void
}
