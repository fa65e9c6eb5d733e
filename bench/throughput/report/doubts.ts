import type { Measured } from '../loads/bursts.ts'
import type { Paced } from '../paced/paced.ts'
import { medianOf, percent } from './tables.ts'

const saturated = 0.95
const loadLimit = 0.9

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
