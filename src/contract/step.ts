import type { Logger } from 'pino'
import type { z } from 'zod'
import type { ChatRequest, Usage } from './chat.ts'
import type { Reply } from './reply.ts'
import type { ContractVersion } from './version.ts'

/** What is asked of a model. Steps see `embeddings` as a request without messages, and an answer without choices. */
export type Operation = 'chat' | 'embeddings'

/** One hop towards a model: a provider is one, and so is a compiled chain. Rejects with a coded error, never answers with one. */
export type Upstream = (request: ChatRequest, call: Call) => Promise<Reply>

/**
 * The context of a request on its way down. A wrapper passes on the call it received, or a copy of it with some fields
 * replaced: `{ ...call, signal }`. It carries more than this type shows.
 */
export interface Call {
  /** Aborts when the client has disconnected, the deadline has passed or the step above has ended. */
  readonly signal: AbortSignal
  /** The steps above this call, such as `proxy.bon.grade`: span name, log field and usage key in one. */
  readonly path: string
  readonly request: RequestState
}

/**
 * The state of one client request. Compiled chains hold no state: all of it is here. Pass on the object itself; a spread
 * copy lacks parts of it.
 */
export interface RequestState {
  readonly id: string
  readonly log: Logger
  readonly budget: Budget
  readonly meter: MeterReading
  /** The whole chain in its one normal spelling, such as `cache-proxy-bon`; `none` where it names no step. */
  readonly chain: string
  /** Every step of the chain, each once. */
  readonly steps: readonly Step[]
  /** `chat` unless set. */
  readonly operation?: Operation | undefined
  /** The client's own bearer key, for providers that say `forward_client_key`. */
  readonly clientKey?: string | undefined
  /** Who asks: the same text for the same key of `api_keys`, never the key; absent where none is asked for. */
  readonly tenant?: string | undefined
  /** The checked params of a step for this request. */
  params: (step: Step) => unknown
  /** Progress for a client that streams. */
  note: (text: string) => void
  /** The best answer so far. */
  offer: (answer: Answer) => void
}

/** What is left to spend on one client request. Spending past it rejects the call with a `budget_*` error. */
export interface Budget {
  /** Calls left. */
  readonly calls: number
  /** Completion and prompt tokens left. */
  readonly tokens: number
  /** When time is up, on the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number
}

/** One try at one provider. */
export interface AttemptReport {
  readonly path: string
  readonly provider: string
  readonly model: string
  /** Why this provider was taken, such as `weighted` or `probe`. */
  readonly reason: string
  /** `ok`, or the code of the error. */
  readonly outcome: string
  /** HTTP status of the provider, where it sent one. */
  readonly status: number | undefined
  /** Milliseconds to the head (first content of a stream). */
  readonly headMs: number
  /** Milliseconds to the end of the body. */
  readonly totalMs: number
}

/** The resources that one client request has used so far. */
export interface MeterReading {
  /** Calls to a model. */
  readonly calls: number
  /** Attempts at providers, retries included. */
  readonly attempts: number
  /** The provider of the newest attempt. */
  readonly provider: string | undefined
  readonly usage: Usage
  /** The budget that ran out, if one did: the answer may be the best so far. */
  readonly spent?: 'calls' | 'tokens' | 'seconds' | undefined
  /** Whether failed branches were left out, so that the answer has fewer choices than the chain usually makes. */
  readonly partial: boolean
}

export type Params = z.ZodObject

/** What an approach may hand back: a text, one text for each choice, or a reply to pass on as it streams. */
export type Answer = string | readonly string[] | Reply

/** All that an approach can reach. */
export interface Context {
  /** Aborts when the client has gone, time is up or the step has settled. */
  readonly signal: AbortSignal
  readonly log: Logger
  readonly budget: Budget
  /**
   * Calls the model, or what stands under this step in the chain. A `candidate` (default) carries all fields of the
   * client; a `helper` (grading, extraction) drops its tools, response format, stop and n. Metered and limited
   * underneath, so `Promise.all` over calls is safe.
   */
  complete: (request: ChatRequest, options?: { readonly kind?: CallKind }) => Promise<Reply>
  /** Names a stretch of work; calls left behind in it are cancelled when it settles. */
  span: <T>(name: string, work: (inner: Context) => Promise<T>) => Promise<T>
  /** The best answer so far, returned when a budget runs out. */
  offer: (answer: Answer) => void
  /** Tells a client that streams what is going on. */
  note: (text: string) => void
  /**
   * Says why a choice of a reply that `complete` gave is not used, the first one unless told, for a client that asks for
   * a trace: `graded 4 of 10`. Never text of the answer.
   */
  discard: (reply: Reply, why: string, choice?: number) => void
}

export type CallKind = 'candidate' | 'helper'

/** The most a step spends: model calls, and rounds that wait for each other. */
export interface Cost {
  readonly calls: number
  readonly rounds: number
}

interface Described<P extends Params> {
  /** The contract the step was written for (default: 1). A server that offers an older one refuses the step. */
  readonly api?: ContractVersion
  /** As written in a model name: `[a-z][a-z0-9_]*`. */
  readonly name: string
  /** One line for `--help` and the docs. */
  readonly summary: string
  /** Gives request fields, configuration keys, flags and the docs table; every field needs a default. */
  readonly params?: P
  /**
   * Other names for params in a request body, such as `{ best_of_n: 'n' }`. One that leads to `*` takes an object with any
   * of the params: `{ mars_config: '*' }`.
   */
  readonly aliases?: Readonly<Record<string, string>>
}

/** A step that answers a request, calling what is under it as often as it likes. */
export interface Approach<P extends Params = Params> extends Described<P> {
  /** Where the method was published. */
  readonly paper?: string
  cost?(params: z.output<P>, n: number): Cost
  run(request: ChatRequest, ctx: Context, params: z.output<P>): Promise<Answer>
}

/** A step that changes how the steps above it reach the model. */
export interface Wrapper<P extends Params = Params> extends Described<P> {
  /** `leaf`: under all approaches, at every model call. `whole`: on top, around the client's request. */
  readonly place: 'leaf' | 'whole'
  wrap(next: Upstream): (request: ChatRequest, call: Call, params: z.output<P>) => Promise<Reply>
}

export type Step = Approach | Wrapper

/** Types an approach; returns it unchanged. */
export function defineApproach<P extends Params>(approach: Approach<P>): Approach<P> {
  return approach
}

/** Types a wrapper; returns it unchanged. */
export function defineWrapper<P extends Params>(wrapper: Wrapper<P>): Wrapper<P> {
  return wrapper
}

export function isWrapper(step: Step): step is Wrapper {
  return 'wrap' in step
}
