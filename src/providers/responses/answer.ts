/** The usage of Responses. */
export interface ResponsesUsage {
  readonly input_tokens?: number | null
  readonly input_tokens_details?: { readonly cached_tokens?: number } | null
  readonly output_tokens?: number | null
  readonly output_tokens_details?: { readonly reasoning_tokens?: number } | null
  readonly total_tokens?: number | null
}

export interface Part {
  readonly type?: string
  readonly text?: string
  readonly refusal?: string
  readonly annotations?: readonly Annotation[]
}

/** A reference from a place in a text to its source. */
export interface Annotation {
  readonly type?: string
  readonly [field: string]: unknown
}

/** One item of a model's output. */
export interface OutputItem {
  readonly id?: string
  readonly type?: string
  readonly content?: readonly Part[] | null
  readonly summary?: readonly Part[] | null
  readonly encrypted_content?: string | null
  readonly call_id?: string
  readonly name?: string
  readonly namespace?: string | null
  readonly arguments?: string
  readonly input?: string
}

/** The parts of a response that have a counterpart in chat completions. */
export interface ResponsesAnswer {
  readonly id?: string
  readonly status?: string
  readonly model?: string
  readonly created_at?: number
  readonly output?: readonly OutputItem[]
  readonly incomplete_details?: { readonly reason?: string } | null
  readonly usage?: ResponsesUsage | null
  readonly error?: unknown
}
