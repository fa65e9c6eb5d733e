import type { Usage } from './chat.ts'

/**
 * How the rest of a broken stream was had. `start_over`: nothing but thoughts was shown. `restart`: another answer to the
 * same request began with what was shown. `continue`: a model was given what was shown, and wrote the rest.
 */
export type RecoveryWay = 'start_over' | 'restart' | 'continue'

/** A stream that broke after its client had seen a part of it, and was recovered. */
export interface RecoveredStream {
  /** The provider that broke it off, and the code of its error. */
  readonly from: string
  readonly error: string
  /** The provider that took over. */
  readonly to: string
  readonly by: RecoveryWay
  /** Tokens used before that, possibly an estimate. */
  readonly usage: Usage
}
