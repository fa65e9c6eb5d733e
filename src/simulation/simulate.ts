import type { Logger } from 'pino'
import type { Runner } from '../chain/run/runner.ts'
import { randomFrom } from '../providers/simulated/random.ts'
import type { VirtualTime } from './clock/virtual-time.ts'
import { Tally } from './figures/tally.ts'
import { arrivalsOf } from './load/arrivals.ts'
import { drawFrom } from './load/requests.ts'
import type { RequestMaker } from './load/requests.ts'
import { runLoad } from './load/workload.ts'
import type { Scenario } from './scenario/schema.ts'

/** The parts of a host that a simulation runs. */
export interface SimulatedHost {
  readonly runner: Runner
  readonly log: Logger
  /** Makes the requests of each kind of the scenario. */
  readonly makers: readonly RequestMaker[]
}

/**
 * Sends the load of a scenario to a host on the virtual clock, and counts what happens. Arrivals and requests are drawn apart
 * from everything else: they stay the same when the configuration changes.
 */
export async function simulate(
  scenario: Scenario,
  time: VirtualTime,
  { runner, log, makers }: SimulatedHost,
): Promise<Tally> {
  const { seed } = scenario
  const random = randomFrom(`${seed} requests`)
  const draw = drawFrom(makers)
  const tally = new Tally()
  const arrivals = arrivalsOf(scenario, randomFrom(`${seed} arrivals`))
  const load = { arrivals, next: () => draw(random).make(random) }
  await runLoad(load, time, { runner, log, tally })
  return tally
}
