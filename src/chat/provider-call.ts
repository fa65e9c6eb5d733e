import type { Config } from '../config/schema.ts'
import type { ScoringServiceConfig } from '../config/sections/methods/scorers.ts'
import type {
  AttemptCost,
  AttemptReport,
  Call,
  ChatRequest,
  Chunk,
  Cost,
  HulumanageError,
  MeterReading,
  RecoveredStream,
  Reply,
  RequestState,
  Upstream,
  Usage,
} from '../contract/index.ts'
import type { PassedRequest } from './passed-request.ts'

/**
 * A call with the parts that steps carry along but do not see. It joins the two wings: the chain engine makes these
 * calls, and the attempts at providers report to them.
 */
export interface ProviderCall extends Call {
  readonly request: ServedRequest
  /**
   * The request to send to a provider if it depends on the provider, such as one for a single choice. An attempt calls
   * this right before it sends.
   */
  readonly requestFor?: ((provider: string, request: ChatRequest) => ChatRequest) | undefined
  /** The bill of this call, if an approach makes it. */
  readonly bill?: Bill | undefined
  /** The node of this call, if the client asked for a trace. */
  readonly trace?: Trace | undefined
}

/** An upstream that needs the hidden parts of its calls. */
export type ProviderUpstream = (request: ChatRequest, call: ProviderCall) => Promise<Reply>

/** The state of a client request with the parts that steps do not see. */
export interface ServedRequest extends RequestState {
  readonly source?: Source | undefined
  /** The request of the client, if steps make requests of their own of it. */
  readonly asked?: ChatRequest | undefined
  /** The most calls and rounds that its chain makes. */
  readonly cost: Cost
  /** How broken streams are recovered, if the client has chosen that. */
  readonly streamRecovery?: StreamRecovery | undefined
  /** The configuration the request began with; it stays the same to the end, whatever is reloaded. */
  readonly config: Config
  readonly meter: Meter
  /** A random name of the server, so that nothing kept for a client is shared between servers of one process. */
  readonly server?: string | undefined
  /** Asks the scoring services of the configuration; absent if there is nobody to do it. */
  readonly askScorer?: AskScorer | undefined
  /** Throws if the client has used up its budget; absent if it has none. */
  readonly checkBudget?: (() => void) | undefined
  /** Takes the replies to calls for candidates; absent unless the request is recorded. */
  readonly firstDraft?: { readonly take: (reply: Reply) => void } | undefined
  /** Throws if a model may not be called for the client; absent if any may. */
  readonly checkModel?: ((model: string) => void) | undefined
}

export type StreamRecovery = Config['routing']['stream_recovery']

/** A request body as the client sent it, and the request that was read from it. */
export interface Source {
  readonly dialect: string
  /** Undefined if something had to be taken out of the body. */
  readonly bytes?: Uint8Array | undefined
  /** The parsed body without our own fields, for dialects other than chat completions that some services speak. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
  /** The request that bytes and body represent. A step that replaces the request leaves them behind. */
  readonly request: ChatRequest
  /** Why only a service that speaks this dialect can answer; `request` is then just a placeholder for the body. */
  readonly only?: HulumanageError | undefined
  /** Creates a writer for the rest of the answer, should it break off as it is relayed; absent if the dialect has no such writer. */
  readonly rest?: (() => RestWriter) | undefined
  /** The request itself if it is passed on to an endpoint that this server does not know. */
  readonly passed?: PassedRequest | undefined
  /** The only provider that can answer, known from an id in the body or named by the client. */
  readonly provider?: string | undefined
}

/**
 * Writes the rest of a stream that was relayed in a service's own events and broke. The rest comes from another service, as
 * chunks, and is written in the dialect that the client speaks.
 */
export interface RestWriter {
  /** Reads events that the client has received, in their frames. */
  read: (frames: string) => void
  /** Whether the events so far say nothing that chunks cannot, so that another service can write the rest. */
  readonly isResumable: boolean
  /** The frames for a chunk of the rest. Throws a coded error if it does not fit what the client has received. */
  chunk: (chunk: Chunk) => string
  /** The frames that end the stream, with the usage of all attempts. */
  end: (usage: Usage) => string
}

/** The meter of a request, for the code that counts. */
export interface Meter extends MeterReading {
  /** Counts a call that an approach makes, by the step and the spans above it. */
  ask: (path: string) => void
  /** Records that a failed branch is left out, or a failed call of an approach, which has a path. */
  leaveOut: (path?: string) => void
  /** Counts a call to a model; throws if the budget is used up. */
  call: (path: string) => void
  /** Takes back a call that was rejected only for its form, and is made again in another. */
  refund: () => void
  /** Counts an attempt that is being sent. */
  begin: (provider: string) => void
  /** Records the provider whose answer is used, if several were asked at the same time. */
  answered: (provider: string) => void
  /** Reports an attempt that has ended. */
  report: (report: AttemptReport) => void
  bill: (usage: Usage) => void
  /** Adds the cost and tokens of an attempt, to the bill of its call if it has one; `wasted` if its answer is not used. */
  spend: (spent: Spent, wasted: boolean, bill?: Bill) => void
  /** Opens the bill of a call that an approach makes; `above`: that of the call in which the approach runs. */
  openBill: (above: Bill | undefined) => Bill
  /** Records that a malformed event of a provider's stream was skipped. */
  skipEvent: (provider: string) => void
  /** Records that a broken stream was recovered. */
  recover: (recovered: RecoveredStream) => void
}

/** The cost and the tokens of one attempt. */
export interface Spent {
  readonly cost: AttemptCost
  readonly tokens: number
}

/** The costs of a call and of the calls that are made for it, and the part of its answer that is not used. */
export interface Bill {
  open: () => Bill
  add: (spent: Spent, wasted: boolean) => void
  answered: (reply: Reply) => void
  /** Records that a choice of the answer is not used. */
  discard: (choice: number) => void
}

/** A call in the trace of a request. It holds figures and reasons, and no texts unless those of the request are kept. */
export interface Trace {
  /** Adds a call that is made for this one. */
  open: (path: string) => Trace
  /**
   * Keeps the prompt of a call to a model, and returns a function through which its answer has to be read; undefined if the
   * texts of the request are not kept.
   */
  keepTexts: (request: ChatRequest) => ((reply: Reply) => Reply) | undefined
  answered: (reply: Reply) => void
  failed: (error: unknown) => void
  attempted: (report: AttemptReport) => void
  /** Adds the cost of an attempt; `wasted` if its answer is not used. */
  spent: (cost: AttemptCost, wasted: boolean) => void
  /** Records why a choice of the answer is not used. */
  discard: (choice: number, why: string) => void
}

/** The question for a scoring service: a conversation, and the answers to it. */
export interface ScoringTask {
  /** The name of the service in the configuration. */
  readonly name: string
  readonly service: ScoringServiceConfig
  readonly request: ChatRequest
  readonly answers: readonly string[]
  readonly signal: AbortSignal
}

/** Asks a scoring service; see `Scoring` for what it returns. */
export type AskScorer = (task: ScoringTask) => Promise<readonly (number | undefined)[]>

/** The hidden parts of a call. Steps pass them on with the call they received. */
export function providerCall(call: Call): ProviderCall {
  return call as ProviderCall
}

/** An upstream as wrappers see it. */
export function publicUpstream(upstream: ProviderUpstream): Upstream {
  return upstream as Upstream
}
