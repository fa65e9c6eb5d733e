import type { Logger } from 'pino'
import type { z } from 'zod'
import type { ChatRequest, Usage } from './chat.ts'
import type { AttemptCost, RequestCost } from './cost.ts'
import type { RecoveredStream, RecoveryWay } from './recovery.ts'
import type { Reply } from './reply.ts'
import type { Scoring } from './scoring.ts'
import type { ContractVersion } from './version.ts'

/** The kind of model call. To steps, `embeddings` are a request without messages and an answer without choices. */
export type ModelOperation = 'chat' | 'embeddings'

/**
 * The kind of request. `pass_through` is one to another endpoint of a service: steps see a request without messages,
 * maybe without a model, and an answer without choices.
 */
export type Operation = ModelOperation | 'pass_through'

/**
 * One hop towards a model, such as a provider or a compiled chain. Rejects with a coded error, and never answers with an
 * error.
 */
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
  /** The whole chain in its normal form, such as `cache-proxy-bon`; `none` if it names no step. */
  readonly chain: string
  /** The steps of the chain and those that they use, without repetitions. */
  readonly steps: readonly Step[]
  /** Default: `chat`. */
  readonly operation?: Operation | undefined
  /** The client's own bearer key, for providers with `forward_client_key`. */
  readonly clientKey?: string | undefined
  /** Headers of the client's request that belong to its body or its key, such as `anthropic-beta`; names in lower case. */
  readonly clientHeaders?: Readonly<Record<string, string>> | undefined
  /** Identifies the client: one text for each key of `api_keys`, never the key itself; absent if there are no keys. */
  readonly tenant?: string | undefined
  /** The validated params of a step for this request. */
  params: ParamsOf
  /** Reports progress to a client that streams. */
  note: (text: string) => void
  /** Sets the best answer so far, which is returned if a budget runs out. */
  offer: (answer: Answer) => void
}

/** The rest of the budget of one client request. A call beyond it rejects with a `budget_*` error. */
export interface Budget {
  /** Calls left. */
  readonly calls: number
  /** Completion and prompt tokens left. */
  readonly tokens: number
  /** USD left; Infinity without a limit. */
  readonly usd: number
  /** The end of the time, in milliseconds on the clock of `performance.now()`. */
  readonly deadline: number
}

/** One attempt at one provider. */
export interface AttemptReport {
  readonly path: string
  readonly provider: string
  readonly model: string
  /** The reason for choosing this provider, such as `weighted` or `probe`. */
  readonly reason: string
  /** `ok`, or the code of the error. */
  readonly outcome: string
  /** The HTTP status of the provider, if it sent one. */
  readonly status: number | undefined
  /** Milliseconds to the head, or to the first content of a stream. */
  readonly headMs: number
  /** Whether content of a stream has come; absent if not, and of an answer that is sent whole to a client that streams. */
  readonly streamed?: true
  /** Milliseconds to the end of the body. */
  readonly totalMs: number
  /** Tokens used, possibly an estimate, such as that of the prompt of a call that was cancelled; undefined if none were. */
  readonly usage?: Usage | undefined
  /** Undefined if nothing was spent, as by a provider that answered with an error. */
  readonly cost?: AttemptCost | undefined
  /** The way in which the attempt was to recover a stream that had broken, if it was. */
  readonly recovery?: RecoveryWay
  /** The fields that the provider refused, so that the call was repeated without them; absent if it refused nothing. */
  readonly leftOut?: readonly string[]
}

/** The resources that one client request has used so far. */
export interface MeterReading {
  /** Calls to a model. */
  readonly calls: number
  /** Attempts at providers, retries included. */
  readonly attempts: number
  /** The provider of the newest attempt, or of the one that won a race. */
  readonly provider: string | undefined
  readonly usage: Usage
  /** The cost of all attempts, also of those whose answers were not used. */
  readonly cost: RequestCost
  /** Tokens of attempts for answers that nobody uses; absent if it is unknown. */
  readonly wastedTokens?: number | undefined
  /** The budget that ran out, if one did: the answer may be the best so far. */
  readonly spent?: 'calls' | 'tokens' | 'usd' | 'seconds' | 'client' | undefined
  /** Whether failed branches, calls or choices were left out, so that the answer is based on less than usual. */
  readonly partial: boolean
  /** The providers of malformed events that were skipped, one for each event; undefined if there were no such events. */
  readonly skipped?: readonly string[] | undefined
  /** Streams that were recovered after a provider broke them off; undefined if none was. */
  readonly recovered?: readonly RecoveredStream[] | undefined
  /** The calls of approaches that failed and were left out, such as `proxy.bon.grade 2/3`; undefined if none failed. */
  readonly degraded?: string | undefined
}

export type Params = z.ZodObject

/** The result of an approach: a text, a text for each choice, or a reply, which may still be streaming. */
export type Answer = string | readonly string[] | Reply

/** Everything that an approach can use. */
export interface Context {
  /** Aborts when the client has disconnected, the deadline has passed or the step has ended. */
  readonly signal: AbortSignal
  readonly log: Logger
  readonly budget: Budget
  /**
   * A digest of the server, the client and the chain with its params. Whatever a step keeps beyond one request, it keeps
   * under this text, so that clients never share it, nor do servers in one process.
   */
  readonly owner: string
  /** The params of a step in `uses` for this request. */
  readonly paramsOf: ParamsOf
  /**
   * Calls the model, or the steps below this one in the chain. A `candidate` (default) has all fields of the client; a
   * `helper` (grading, extraction) goes without its response format, stop and n, and cannot call its tools. The layers
   * below count and limit calls, so `Promise.all` over many of them is safe.
   */
  complete: (request: ChatRequest, options?: { readonly kind?: CallKind }) => Promise<Reply>
  /**
   * A scoring service of the operator, by its name in `scorers`. It is not counted as a call. Throws `invalid_value` if no
   * service has that name.
   */
  scorer: (name: string) => Scoring
  /** Tokens that fit into the context window of a model, if the configuration says so (`context_windows`). */
  contextWindow: (model: string) => number | undefined
  /** Names a part of the work; calls that are still running when it ends are cancelled. */
  span: <T>(name: string, work: (inner: Context) => Promise<T>) => Promise<T>
  /** Sets the best answer so far, which is returned if a budget runs out. */
  offer: (answer: Answer) => void
  /** Reports progress to a client that streams. */
  note: (text: string) => void
  /**
   * Records in the trace why a choice of a reply from `complete` is not used, such as `graded 4 of 10`. Never quote the
   * answer. `choice` is its index (default: 0).
   */
  discard: (reply: Reply, why: string, choice?: number) => void
  /**
   * Records that a part of the method had to be left out although no call failed, such as `logprobs` that a model does not
   * give. The answer is then reported as degraded.
   */
  degrade: (part: string) => void
}

/** Returns the params of a step: its defaults, those of the configuration and those of the request. */
export type ParamsOf = (step: Step) => Readonly<Record<string, unknown>>

export type CallKind = 'candidate' | 'helper'

/** The maximum a step spends: model calls, and rounds of calls that wait for each other. */
export interface Cost {
  readonly calls: number
  readonly rounds: number
}

interface Described<P extends Params> {
  /** The contract the step was written for (default: 1). A server that offers an older one refuses the step. */
  readonly api?: ContractVersion
  /** The name in chains: `[a-z][a-z0-9_]*`. */
  readonly name: string
  /** One line for `--help` and the docs. */
  readonly summary: string
  /** The source of request fields, configuration keys, flags and the table in the docs. Every field needs a default. */
  readonly params?: P
  /**
   * Other names for params in a request body, such as `{ best_of_n: 'n' }`. An alias of `*` takes an object with any of
   * the params: `{ mars_config: '*' }`.
   */
  readonly aliases?: Readonly<Record<string, string>>
}

/** A step that answers a request, calling the model as often as it likes. */
export interface Approach<P extends Params = Params> extends Described<P> {
  /** Where the method was published. */
  readonly paper?: string
  /** Other approaches that this one may run in spans of its own: their params come from where those of the chain do. */
  readonly uses?: readonly Approach[]
  /** `paramsOf` returns the params of the steps in `uses`; the server always passes it. */
  cost?(params: z.output<P>, n: number, paramsOf?: ParamsOf): Cost
  run(request: ChatRequest, ctx: Context, params: z.output<P>): Promise<Answer>
}

/** A step that changes how the steps above it reach the model. */
export interface Wrapper<P extends Params = Params> extends Described<P> {
  /** `leaf`: around every model call, below all approaches. `whole`: around the client's request, above them. */
  readonly place: 'leaf' | 'whole'
  wrap(next: Upstream): (request: ChatRequest, call: Call, params: z.output<P>) => Promise<Reply>
}

export type Step = Approach | Wrapper

/** Returns an approach unchanged, with its type inferred. */
export function defineApproach<P extends Params>(approach: Approach<P>): Approach<P> {
  return approach
}

/** Returns a wrapper unchanged, with its type inferred. */
export function defineWrapper<P extends Params>(wrapper: Wrapper<P>): Wrapper<P> {
  return wrapper
}

export function isWrapper(step: Step): step is Wrapper {
  return 'wrap' in step
}
