import type { CurrentConfig } from '../../../src/config/current.ts'
import type { Config } from '../../../src/config/schema.ts'
import type { Member, ProviderPool } from '../pool/pool.ts'
import type { Slots } from '../pool/slots.ts'
import type { Strategy, StrategyMemory } from '../../../src/contract/strategy.ts'
import type { Alarm } from './wake-timer.ts'
import type { Guards } from '../state/provider-state.ts'
import type { Pacing } from '../retry.ts'

/** What the proxy works with; one set for the life of the server. */
export interface Surroundings {
  readonly pool: ProviderPool
  readonly guards: Guards
  readonly slots: Slots<Member>
  /** Wakes those who wait for a slot when a rate limit allows calls again. */
  readonly alarm: Alarm
  readonly pacing: Pacing
  readonly memory: StrategyMemory
  readonly currentConfig: CurrentConfig
  readonly strategyOf: (config: Config) => Strategy
}
