import { familySeconds } from '../accounting.ts'
import { startWarm, takeBurst } from '../loads/bursts.ts'
import type { Load, WarmServer } from '../loads/bursts.ts'
import type { Scene } from '../scene.ts'
import { oursWithWorkers } from '../servers/hulumanage.ts'
import { openLoop } from './open-loop.ts'
import type { OpenRun } from './open-loop.ts'

/** A server with so many worker processes, at a pace that it keeps. */
export interface Fleet {
  readonly name: string
  readonly commit: string | undefined
  readonly workers: number
  readonly runs: readonly FleetRun[]
}

export interface FleetRun extends OpenRun {
  /** Processor time of its busiest process for one request of the whole server. */
  readonly busiestMicroseconds: number
  /** Requests that it could take, with a core for each worker, for each one of a single worker. */
  readonly speedUp: number
}

/**
 * One worker and two. On two cores, the clients and the upstream have to run beside the workers, so that no burst can show the limit of
 * two: they would share the cores with their load. Instead each server is given a fixed pace that it keeps, half of the limit of a
 * single worker for each worker, and the processor time of a request is counted, by process. What two workers could take with
 * two cores to themselves follows from it: two cores divided by the time of a request, or one core divided by the time that the busiest
 * process has for a request, whichever is less.
 */
export async function measureWorkers(load: Load, scene: Scene): Promise<Fleet[]> {
  const one = await startWarm(oursWithWorkers('one worker', 1), load, scene)
  const two = await startWarm(oursWithWorkers('two workers', 2), load, scene)
  const ones: FleetRun[] = []
  const twos: FleetRun[] = []
  for (let round = 0; round < scene.options.rounds; round++) {
    scene.tell(`round ${round + 1} of ${scene.options.rounds}`)
    const { perSecond: maximum } = await takeBurst(one, load, scene)
    const single = await pace(one, Math.round(maximum / 2), scene)
    ones.push({ ...single, speedUp: 1 })
    const both = await pace(two, 2 * single.rate, scene)
    twos.push({ ...both, speedUp: speedUpOf(both, single) })
  }
  for (const { served } of [one, two]) await served.stop()
  const { commit } = one.peer
  return [
    { name: one.peer.name, commit, workers: 1, runs: ones },
    { name: two.peer.name, commit, workers: 2, runs: twos },
  ]
}

type Costs = Pick<FleetRun, 'cpuMicroseconds' | 'busiestMicroseconds'>

/** How many times the requests of a single process two workers take on two cores of their own. */
export function speedUpOf(two: Costs, one: Pick<Costs, 'cpuMicroseconds'>): number {
  const limit = Math.min(2 / two.cpuMicroseconds, 1 / two.busiestMicroseconds)
  return limit * one.cpuMicroseconds
}

async function pace(
  { served, target }: WarmServer,
  rate: number,
  scene: Scene,
): Promise<Omit<FleetRun, 'speedUp'>> {
  const before = familySeconds(served.pid)
  const run = await openLoop(served, target, rate, scene)
  const after = familySeconds(served.pid)
  const used = [...after].map(([pid, seconds]) => seconds - (before.get(pid) ?? 0))
  return { ...run, busiestMicroseconds: (Math.max(...used) / run.sent) * 1e6 }
}
