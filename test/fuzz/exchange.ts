/** The formats that clients speak. */
export const dialects = ['chat', 'completions', 'responses', 'messages', 'embeddings'] as const
export type Dialect = (typeof dialects)[number]

/** The APIs that fake providers speak, each with its own provider. */
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
  /** Whether the server may refuse it: the request, or what the server has stored, was mutated. */
  readonly isHostile?: true
}

/** The bytes of one answer of a provider. */
export interface Answer {
  /** The status line and the headers, each with its line end, without the empty line behind them. */
  readonly head: string
  /** Bytes of the body as Latin-1, in the pieces by which a finding is reduced. */
  readonly pieces: readonly string[]
  /** Sizes of the packets, in turn; empty for one packet for each piece. */
  readonly packets: readonly number[]
  readonly framing: 'length' | 'chunked' | 'close' | 'none'
  readonly end: 'keep' | 'fin' | 'reset'
}

/** Everything needed to reproduce the same bytes on the wire. */
export interface Exchange {
  readonly seed: number
  readonly number: number
  readonly question: Question
  /** The provider's answers, in the order of its calls; later calls repeat the last one. */
  readonly answers: readonly Answer[]
}

/** A response as a client has received it. */
export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** How it ended: complete, broken off by the server, or not within the deadline. */
  readonly ending: 'whole' | 'broken' | 'late'
}

/** One fault. */
export interface Violation {
  /** The broken rule, without values of this exchange, so that findings of one kind have one name. */
  readonly rule: string
  /** The observation. */
  readonly detail: string
  /** Whether an otherwise valid answer has a field or an event that its dialect does not allow. */
  readonly isOfForm?: true
}
