/** The formats that clients speak. */
export const dialects = ['chat', 'completions', 'responses', 'messages', 'embeddings'] as const
export type Dialect = (typeof dialects)[number]

/** The APIs that fake providers speak, each with a provider of its own. */
export const kinds = ['chat', 'azure', 'responses', 'anthropic'] as const
export type Kind = (typeof kinds)[number]

/** The request of a client. */
export interface Question {
  readonly dialect: Dialect
  readonly kind: Kind
  readonly stream: boolean
  readonly body: Readonly<Record<string, unknown>>
  /** How often the same request is sent, so that a cache can answer it. */
  readonly times: number
}

/** The bytes of one answer of a provider. */
export interface Answer {
  /** The status line and the headers, each with its line end, without the empty line behind them. */
  readonly head: string
  /** Bytes of the body as Latin-1, in pieces that a finding is made smaller by. */
  readonly pieces: readonly string[]
  /** Sizes of the packets, in turn; empty for one packet for each piece. */
  readonly packets: readonly number[]
  readonly framing: 'length' | 'chunked' | 'close' | 'none'
  readonly end: 'keep' | 'fin' | 'reset'
}

/** All that is needed to have the same bytes on the wire again. */
export interface Exchange {
  readonly seed: number
  readonly number: number
  readonly question: Question
  /** The provider's answers, in the order of its calls; later calls get the last one again. */
  readonly answers: readonly Answer[]
}

/** A response as a client has received it. */
export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** How it ended: whole, broken off by the server, or not within the deadline. */
  readonly ending: 'whole' | 'broken' | 'late'
}

/** One thing that must not be. */
export interface Violation {
  /** The rule that was broken, without values of this exchange, so that findings of one kind have one name. */
  readonly rule: string
  /** The observation. */
  readonly detail: string
  /** Whether an answer that is otherwise right has a field or an event that its dialect does not allow. */
  readonly isOfForm?: true
}
