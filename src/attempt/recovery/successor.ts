import type { ChatRequest, RecoveryWay, Reply } from '../../contract/index.ts'
import type { Provider } from '../../providers/provider.ts'

/** A provider that may take over a broken stream. */
export interface Successor {
  readonly provider: Provider
  /** The model to ask it for, which may be a fallback of the one that was requested. */
  readonly model: string
  /** Makes one attempt. Rejects with an `AttemptFailure`. */
  ask: (request: ChatRequest, way: RecoveryWay) => Promise<Reply>
}

/** Selects the providers that may take over a stream, one after the other. */
export interface Successors {
  /** Selects the next one, waiting for a slot if it must; undefined if none is left. Rejects with a coded error. */
  next: () => Promise<Successor | undefined>
  /** Selects the last one once more, for another way; undefined if it cannot take a call now. */
  again: () => Promise<Successor | undefined>
}
