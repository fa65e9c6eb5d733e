import { startWarm, takeBurst } from '../loads/bursts.ts'
import type { Load, WarmServer } from '../loads/bursts.ts'
import type { Scene } from '../scene.ts'
import type { Peer } from '../servers/peer.ts'
import { orderOfRound } from '../statistics.ts'
import { openLoop } from './open-loop.ts'
import type { OpenRun } from './open-loop.ts'

/** One server at half of what it takes. */
export interface Halved {
  readonly name: string
  readonly commit: string | undefined
  /** A run a round, each after a burst that found the most that the server takes. */
  readonly runs: readonly HalfRun[]
}

export interface HalfRun extends OpenRun {
  /** Requests per second in the burst before, with the server at its limit. */
  readonly maximum: number
}

/**
 * Rounds that go through all servers. In its turn, a server is put at its limit for a burst, and then gets half as many requests a second:
 * its own half of the same moment, since the speed of a machine drifts.
 */
export async function measureHalf(load: Load, scene: Scene, peers: readonly Peer[]): Promise<Halved[]> {
  const entries: { readonly warm: WarmServer; readonly runs: HalfRun[] }[] = []
  for (const peer of peers) entries.push({ warm: await startWarm(peer, load, scene), runs: [] })
  for (let round = 0; round < scene.options.rounds; round++) {
    scene.tell(`round ${round + 1} of ${scene.options.rounds}`)
    for (const { warm, runs } of orderOfRound(entries, round)) {
      const { perSecond: maximum } = await takeBurst(warm, load, scene)
      const run = await openLoop(warm.served, warm.target, Math.round(maximum / 2), scene)
      runs.push({ ...run, maximum })
    }
  }
  await Promise.all(entries.map(async ({ warm: { served } }) => await served.stop()))
  return entries.map(({ warm: { peer }, runs }) => ({ name: peer.name, commit: peer.commit, runs }))
}
