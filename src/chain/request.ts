import type { Logger } from 'pino'
import type { CallTrace } from './accounting/trace.ts'
import type { AttemptReport, ChatRequest, Cost, Meter, Operation, Reply, Source } from '../contract/index.ts'

/** What a client asks, with the server's own fields taken out of the body. */
export interface Asked {
  readonly request: ChatRequest
  /** The bytes that `request` was read from, if nothing had to be taken out. */
  readonly bytes?: Uint8Array | undefined
  /** See `Source`. */
  readonly body?: Source['body']
  readonly only?: Source['only']
  readonly provider?: Source['provider']
  readonly dialect: string
  /** `chat` unless set. */
  readonly operation?: Operation | undefined
  /** `hulumanage_approach` or `optillm_approach`. */
  readonly approach?: string | undefined
  /** `proxy_wrap`, `wrap` or `wrapped_approach`. */
  readonly wrap?: string | undefined
  /** `hulumanage_params`: params by step name. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined
  /** Top-level fields that are params of steps under their aliases, such as `best_of_n`. */
  readonly aliases?: Readonly<Record<string, unknown>> | undefined
  /** `hulumanage_budget`. */
  readonly budget?:
    | {
        readonly calls?: number | undefined
        readonly tokens?: number | undefined
        readonly seconds?: number | undefined
      }
    | undefined
  /** `hulumanage_progress`. */
  readonly progress?: boolean | undefined
  /** `hulumanage_trace`. */
  readonly trace?: boolean | undefined
}

/** The client's side of a request: who asks, and how to reach them. */
export interface ClientSide {
  readonly id: string
  readonly log: Logger
  /** The server aborts it when the client goes; the run aborts it when time is up. */
  readonly controller: AbortController
  /** The client's own bearer key, for providers that say `forward_client_key`. */
  readonly clientKey?: string | undefined
  /** Tells clients with different keys of ours apart; never the key itself. */
  readonly tenant?: string | undefined
  /** Takes progress for a client that streams. */
  readonly note: (text: string) => void
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined
}

/** An answer on its way to the client, with what its headers tell. */
export interface Outcome {
  readonly reply: Reply
  /** The plan's text, for `x-hulumanage-approach`. */
  readonly approach: string
  readonly meter: Meter
  readonly cost: Cost
  /** The calls, where they were asked for; complete when the body of the reply has ended. */
  readonly trace?: Pick<CallTrace, 'records'> | undefined
}
