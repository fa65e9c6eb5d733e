import type { ChatRequest, Delta } from '../../contract/index.ts'
import type { Recover } from '../recovery/recovery.ts'
import type { Pausable } from './event-queue.ts'
import type { ScannerOptions } from './event-scanner.ts'

/** The attempt that feeds a stream, as the stream sees it. */
export interface StreamSource extends Pausable {
  /** The reader wants no more. */
  cancel: (reason: unknown) => void
  /** An event has come, which a comment is not: the idle timer restarts, or a shorter one if the answer is over. */
  eventSeen: (isOver?: boolean) => void
  /** The first content has come: the reply may be handed out. */
  contentSeen: () => void
  /** The provider sent something that is not part of an answer. */
  broke: (error: unknown) => void
  /** `[DONE]` has come: nothing after it is wanted. */
  doneSeen: () => void
}

export interface StreamOptions extends ScannerOptions {
  readonly request: ChatRequest
  /** Headers that may reach the client. */
  readonly headers: Readonly<Record<string, string>>
  /** Removes usage from the stream because the client did not ask for it. */
  readonly stripUsage: boolean
  /** Gets the first content: a service sends its thoughts before all else. */
  readonly onFirst?: ((delta: Delta) => void) | undefined
  /** Yields the rest if the stream breaks after its reader may have begun; absent if that is the end of it. */
  readonly recover?: Recover | undefined
}
