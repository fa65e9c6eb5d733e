import type { ChatRequest } from '../../contract/index.ts'
import type { StreamTranslator } from '../../providers/translation.ts'
import type { Pausable } from './event-buffer.ts'
import type { RelayedEvents } from '../native-events.ts'

/** What a stream asks of the exchange that feeds it. */
export interface StreamSource extends Pausable {
  cancel: (reason: unknown) => void
  /** An event has come, a comment has not: the idle clock starts anew. */
  eventSeen: () => void
  /** The first content has come: the reply may be handed out. */
  contentSeen: () => void
  /** What came is no part of an answer. */
  broke: (error: unknown) => void
  /** `[DONE]` has come: nothing after it is wanted. */
  doneSeen: () => void
}

export interface StreamOptions {
  readonly provider: string
  readonly request: ChatRequest
  readonly headers: Readonly<Record<string, string>>
  /** What the provider was sent and must not repeat to the client. */
  readonly secrets: readonly string[]
  /** Takes usage out again, where only we asked for it. */
  readonly stripUsage: boolean
  /** For a service that speaks another API: makes chat events of its own. */
  readonly translate: StreamTranslator | undefined
  /** For a client that speaks what such a service speaks: takes its events as they come. */
  readonly relayed?: RelayedEvents | undefined
}
