import type { Logger } from 'pino'
import type { Grant } from './accounting/budget.ts'
import type { Rights } from './plan/allowed.ts'
import type { CallTrace } from './accounting/trace.ts'
import type { FirstDraft } from './accounting/first-draft.ts'
import type { CallTexts } from './texts/call-texts.ts'
import type { AttemptReport, ChatRequest, Cost, MeterReading, Operation, Reply } from '../contract/index.ts'
import type { Source, StreamRecovery } from '../chat/provider-call.ts'

/** A request to a chain, as a dialect has read it. */
export interface ChainRequest {
  readonly request: ChatRequest
  /** The client's body; absent if it cannot be sent on in its own dialect. */
  readonly source?: Source | undefined
  /** The server's own fields, taken out of the body. */
  readonly own: OwnFields
  /** Other models that the request names, such as in its path; a named client must be allowed to use all of them. */
  readonly otherModels?: readonly string[] | undefined
  /** `chat` unless set. */
  readonly operation?: Operation | undefined
}

/** The fields of a request body that are for this server, not for the model. */
export interface OwnFields {
  /** `hulumanage_approach` or `optillm_approach`. */
  readonly approach?: string | undefined
  /** `proxy_wrap`, `wrap` or `wrapped_approach`. */
  readonly wrap?: string | undefined
  /** `hulumanage_params`: params by step name. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined
  /** Top-level fields that are params of steps under their aliases, such as `best_of_n`. */
  readonly aliases?: Readonly<Record<string, unknown>> | undefined
  /** `hulumanage_budget`. */
  readonly budget?: Grant | undefined
  /** `hulumanage_progress`. */
  readonly progress?: boolean | undefined
  /** `hulumanage_stream_recovery`. */
  readonly streamRecovery?: StreamRecovery | undefined
  /** `usage.include`: whether the answer is to have its usage and its cost, as clients of OpenRouter ask for them. */
  readonly usage?: boolean | undefined
  /** `hulumanage_trace`; `full` also keeps the texts of the request in the ledger. */
  readonly trace?: boolean | 'full' | undefined
}

/** The client that sent a request: its identity, and the ways to reach it. */
export interface Client {
  readonly id: string
  readonly log: Logger
  /** The server aborts it when the client disconnects, the run when time is up. */
  readonly controller: AbortController
  /** The client's own bearer key, for providers with `forward_client_key`. */
  readonly clientKey?: string | undefined
  /** Headers of its request that belong to its body or its key, such as `anthropic-beta`; names in lower case. */
  readonly clientHeaders?: Readonly<Record<string, string>> | undefined
  /** Seconds that it waits for an answer, if its request says so. */
  readonly patience?: number | undefined
  /** Distinguishes clients with different keys of ours; never the key itself. */
  readonly tenant?: string | undefined
  /** Its name and what it may use, if the configuration names it. */
  readonly named?: Rights | undefined
  /** Throws `budget_client` if the client has used up its budget; absent if it has none. */
  readonly checkBudget?: (() => void) | undefined
  /** Receives progress; a no-op unless the client streams. */
  readonly note: (text: string) => void
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined
  /** Receives the calls of each run whose request asks for them, before the first one: a run that fails has calls, too. */
  readonly onTrace?: ((calls: TracedCalls) => void) | undefined
  /** Receives the facts about each of its runs, if they are recorded. */
  readonly record?: RunRecorder | undefined
}

/** Collects the facts about the runs of a client's request. */
export interface RunRecorder {
  began: (run: RecordedRun) => void
  /**
   * Whether the texts of the request are kept; absent if those of no request are. `asked`: the client asked for it with
   * `hulumanage_trace: "full"`.
   */
  readonly keepsTexts?: ((asked: boolean) => boolean) | undefined
}

/** A run that has begun. Its figures grow until the answer has ended. */
export interface RecordedRun {
  /** The plan's text. */
  readonly chain: string
  /** The bare model id. */
  readonly model: string
  readonly meter: MeterReading
  /** The calls of an approach; a plain call is known from its attempts. */
  readonly trace: Pick<CallTrace, 'facts'> | undefined
  /** The prompt and the answer of the client, if they are kept. */
  readonly texts?: CallTexts | undefined
  /** The first draft of an approach and its answer, to compare them. */
  readonly drafts?: { readonly first: FirstDraft; readonly answer: CallTexts } | undefined
}

/** The calls behind an answer; complete once its reply is done. */
export type TracedCalls = Pick<CallTrace, 'records'>

/** The answer to a request, and the facts that its headers report. */
export interface Outcome {
  readonly reply: Reply
  /** The plan's text, for `x-hulumanage-approach`. */
  readonly approach: string
  readonly meter: MeterReading
  /** The upper bound that was checked before the first call. */
  readonly cost: Cost
  /** The calls, if the client asked for them. */
  readonly trace?: TracedCalls | undefined
}
