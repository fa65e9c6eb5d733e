import type { Member } from '../pool/member.ts'
import type { Lease } from '../pool/slots.ts'
import type { ProviderState, Trial } from '../state/provider-state.ts'

/** A provider chosen for one attempt, with a slot of it taken and the attempt begun in its state. */
export interface Selection {
  readonly member: Member
  /** The member's state at the start, which is to hear of the end: a reload may replace the member's. */
  readonly state: ProviderState
  readonly lease: Lease<Member>
  readonly trial: Trial
  /** Why the provider was chosen, for reports. */
  readonly reason: string
}

/**
 * The result of a choice. `none`: no provider is left. `wait`: those that are left have no room yet. `late`: because
 * of their rate limits, they will have none by the end of the wait. A promise: the store must be asked whether the chosen one
 * has room; choose again when it settles.
 */
export type Choice = Selection | 'none' | 'wait' | 'late' | Promise<unknown>
