import type { Config } from '../config/schema.ts'
import type { AttemptReport, Call, ChatRequest } from '../contract/index.ts'
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
  readonly call: Call
  readonly clocks: Clocks
  readonly maxResponseBytes: number
  /** One of the provider's `api_keys`, where it has several. */
  readonly key?: string | undefined
  /** Why this provider was taken. */
  readonly reason: string
  /** Told once, when the body has ended, broken off or been cancelled: the moment to give the slot back. */
  readonly listener?: AttemptListener | undefined
}

export interface AttemptListener {
  attemptEnded: (report: AttemptReport, failure: AttemptFailure | undefined) => void
}

/** The clocks that the configuration sets; a provider's own timeout stands in place of both that end in an answer. */
export function clocksOf({ timeouts }: Config, ownTimeout?: number): Clocks {
  return {
    requestMs: (ownTimeout ?? timeouts.request) * 1000,
    firstTokenMs: (ownTimeout ?? timeouts.first_token ?? timeouts.request) * 1000,
    idleMs: timeouts.idle * 1000,
  }
}
