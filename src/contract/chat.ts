/** One part of a message's content. Parts of unknown types pass through unchanged. */
export interface ContentPart {
  readonly type: string
  readonly text?: string
  readonly [field: string]: unknown
}

export interface ToolCall {
  readonly id?: string
  readonly type?: string
  readonly function?: { readonly name?: string; readonly arguments?: string }
  readonly [field: string]: unknown
}

/** One message of a conversation, as in OpenAI's chat completions. Unknown fields pass through. */
export interface Message {
  readonly role: string
  readonly content?: string | readonly ContentPart[] | null
  readonly tool_calls?: readonly ToolCall[]
  readonly [field: string]: unknown
}

/** A request to a model, with the fields of OpenAI's chat completions. Unknown fields pass through. */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly Message[]
  readonly stream?: boolean | null
  readonly n?: number | null
  readonly temperature?: number | null
  readonly max_tokens?: number | null
  readonly max_completion_tokens?: number | null
  readonly seed?: number | null
  readonly [field: string]: unknown
}

/** Billed tokens. The details are whatever the provider reports beyond the three totals. */
export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details?: Readonly<Record<string, number>>
  readonly completion_tokens_details?: Readonly<Record<string, number>>
  /** True if the provider reported no usage, so that the figures were estimated from the text. */
  readonly estimated?: boolean
}

/** The reason a choice ended: `stop`, `length`, `tool_calls`, `content_filter`, or another that a provider uses. */
export type FinishReason = string | null

export interface Choice {
  readonly index: number
  readonly message: Message
  readonly finish_reason: FinishReason
  readonly [field: string]: unknown
}

/** A complete answer: OpenAI's `chat.completion` object. */
export interface Completion {
  readonly id: string
  readonly object: string
  readonly created: number
  readonly model: string
  readonly choices: readonly Choice[]
  readonly usage?: Usage | null
  readonly [field: string]: unknown
}

export interface Delta {
  readonly role?: string
  readonly content?: string | null
  readonly tool_calls?: readonly (ToolCall & { readonly index?: number })[]
  readonly [field: string]: unknown
}

export interface ChunkChoice {
  readonly index: number
  readonly delta: Delta
  readonly finish_reason?: FinishReason
  readonly [field: string]: unknown
}

/** A piece of a streamed answer: OpenAI's `chat.completion.chunk` object. */
export interface Chunk {
  readonly id: string
  readonly object: string
  readonly created: number
  readonly model: string
  readonly choices: readonly ChunkChoice[]
  readonly usage?: Usage | null
  readonly [field: string]: unknown
}
