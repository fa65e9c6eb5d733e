import type { CurrentConfig } from '../../src/config/current.ts'
import type { Config } from '../../src/config/schema.ts'
import type { Member, ProviderPool } from '../../src/upstream/pool.ts'
import type { Slots } from '../../src/upstream/slots.ts'
import type { Strategy, StrategyMemory } from '../../src/upstream/strategy.ts'
import type { Guards } from './guard.ts'

/** What the proxy works with; one set for the life of the server. */
export interface Surroundings {
  readonly pool: ProviderPool
  readonly guards: Guards
  readonly slots: Slots<Member>
  readonly memory: StrategyMemory
  readonly currentConfig: CurrentConfig
  readonly strategyOf: (config: Config) => Strategy
}
