import type { Hedge } from '../../../src/config/sections/hedge.ts'
import type { CallToPlace } from '../../../src/contract/strategy.ts'
import { HeadTimes } from './head-times.ts'
import { HedgeBudget } from './hedge-budget.ts'

/** The state of hedging that outlives a call: how long calls take, and how many may still be hedged. */
export class Hedges {
  readonly times = new HeadTimes()
  readonly budget = new HedgeBudget()

  /** Milliseconds after which a call is hedged; undefined while too few calls have been measured. */
  delayMs({ after }: Hedge, call: CallToPlace): number | undefined {
    return typeof after === 'number' ? after * 1000 : this.times.percentile(call, Number(after.slice(1)))
  }
}
