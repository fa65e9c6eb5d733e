import type { Hub } from '../hub.ts'

/** The hub as the parts of a shared store use it. */
export interface HubAccess {
  readonly hub: Hub
  /** Whether the hub can be used. While it cannot, each server applies the limits on its own. */
  readonly isUp: () => boolean
  /** Called when there may be room that there was not before. */
  readonly onRoom: () => void
}
