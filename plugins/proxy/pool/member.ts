import type { Provider } from '../../../src/providers/provider.ts'
import type { Leases } from '../../../src/store/store.ts'
import type { ProviderState } from '../state/provider-state.ts'
import type { SlotOwner } from './slots.ts'

/** A provider in the pool, with everything that is known about it. It survives reloads for as long as its name does. */
export class Member implements SlotOwner {
  provider: Provider
  state: ProviderState
  /** Position in the configuration. */
  order: number
  active = 0
  readonly leases: Leases

  constructor(provider: Provider, state: ProviderState, order: number, leases: Leases) {
    this.provider = provider
    this.state = state
    this.order = order
    this.leases = leases
  }

  get name(): string {
    return this.provider.name
  }

  get weight(): number {
    return this.provider.config.weight
  }

  get maxConcurrent(): number | undefined {
    return this.provider.config.max_concurrent
  }
}
