import type { Config } from '../config/schema.ts'
import type { ProviderCall } from '../chat/provider-call.ts'
import type { AttemptReport, ChatRequest, Usage } from '../contract/index.ts'
import type { Provider } from '../providers/provider.ts'
import type { AttemptFailure } from './failure.ts'

/** Milliseconds an attempt may take, each on a clock of its own. */
export interface Clocks {
  /** To the whole of a JSON answer. */
  readonly requestMs: number
  /** To the first content of a stream. */
  readonly firstTokenMs: number
  /** Between two events of a stream. */
  readonly idleMs: number
}

/** What one attempt is about. */
export interface AttemptOptions {
  readonly provider: Provider
  readonly request: ChatRequest
  readonly call: ProviderCall
  readonly clocks: Clocks
  readonly maxResponseBytes: number
  /** One of the provider's `api_keys`, where it has several. */
  readonly key?: string | undefined
  /** Why this provider was taken. */
  readonly reason: string
  /** Called once, when the body has ended, broken off or been cancelled: the moment to release the slot. */
  readonly onEnd?: ((end: AttemptEnd) => void) | undefined
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly report: AttemptReport
  /** Undefined if the answer is whole. */
  readonly failure: AttemptFailure | undefined
  /** Tokens used by the answer, possibly an estimate; undefined if no reply was handed out. */
  readonly usage: Usage | undefined
}

/** The chain may want another request for this provider, such as one for a single choice. */
export function withFittingRequest(options: AttemptOptions): AttemptOptions {
  const { call, provider, request } = options
  if (!call.requestFor) return options
  const fitting = call.requestFor(provider.name, request)
  return fitting === request ? options : { ...options, request: fitting }
}

/** The clocks that the configuration sets; a provider's own timeout stands in place of both that end in an answer. */
export function clocksOf({ timeouts }: Config, ownTimeout?: number): Clocks {
  return {
    requestMs: (ownTimeout ?? timeouts.request) * 1000,
    firstTokenMs: (ownTimeout ?? timeouts.first_token ?? timeouts.request) * 1000,
    idleMs: timeouts.idle * 1000,
  }
}
