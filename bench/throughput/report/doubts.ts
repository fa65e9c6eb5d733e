import type { Halved } from '../arrivals/half.ts'
import type { OpenRun } from '../arrivals/open-loop.ts'
import type { Fleet } from '../arrivals/workers.ts'
import type { Measured } from '../loads/bursts.ts'
import type { Paced } from '../paced/paced.ts'
import { median } from '../statistics.ts'
import { medianOf, percent } from './tables.ts'

const saturated = 0.95
const loadLimit = 0.9
/** The part of the pace that a server must answer to have kept it. */
const kept = 0.98
/** The part of the slowest answers' time that may be that of late requests. */
const lateLimit = 0.2

/** A sentence for each reason to think that the figures of a server do not show its limit. */
export function doubts(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ name, bursts }) => {
    const share = medianOf(bursts, burst => burst.serverShare)
    const idle = medianOf(bursts, burst => burst.idleShare)
    const load = medianOf(bursts, burst => burst.loadShare)
    const others = Math.max(0, 1 - share - idle)
    const found: string[] = []
    if (share < saturated) {
      found.push(
        `${name} used only ${percent(share)} of its core (idle ${percent(idle)}, ` +
          `other programs ${percent(others)}): its requests/s are not its limit`,
      )
    }
    if (load > loadLimit) {
      found.push(
        `wrk and the upstream used ${percent(load)} of their cores and may have been the limit of ${name}`,
      )
    }
    return found
  })
}

/** A sentence for each reason to think that a server, or the load, was too busy to keep the pace. */
export function pacedDoubts(measured: readonly Paced[]): string[] {
  return measured.flatMap(({ name, serverShare, loadShare }) => {
    const found: string[] = []
    if (serverShare > loadLimit)
      found.push(
        `${name} used ${percent(serverShare)} of its core: its streams were late because it was full`,
      )
    if (loadShare > loadLimit)
      found.push(`clients and upstream used ${percent(loadShare)} of their cores: gaps may be theirs`)
    return found
  })
}

/** A sentence for each reason to think that times at half of the maximum rate are not those of the server. */
export function halfDoubts(halved: readonly Halved[]): string[] {
  return halved.flatMap(({ name, runs }) => {
    const late = median(runs.map(({ lateP99Ms }) => lateP99Ms))
    const slowest = median(runs.map(({ p99Ms }) => p99Ms))
    const found = paceDoubts(name, runs)
    if (late > lateLimit * slowest) {
      const share = percent(late / slowest)
      found.push(`requests to ${name} were sent ${late.toFixed(3)} ms late, ${share} of its p99`)
    }
    return found
  })
}

/** A sentence for each reason to think that servers did not keep the pace of all their workers. */
export function fleetDoubts(fleets: readonly Fleet[]): string[] {
  return fleets.flatMap(({ name, runs }) => paceDoubts(name, runs))
}

function paceDoubts(name: string, runs: readonly OpenRun[]): string[] {
  const found: string[] = []
  const share = median(runs.map(({ perSecond, rate }) => perSecond / rate))
  const load = median(runs.map(({ loadShare }) => loadShare))
  if (share < kept) found.push(`${name} answered only ${percent(share)} of its requests in time`)
  if (load > loadLimit)
    found.push(`clients and upstream used ${percent(load)} of their cores: times of ${name} may be theirs`)
  return found
}
