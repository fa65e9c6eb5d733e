import { setTimeout as sleep } from 'node:timers/promises'
import { residentMiB } from '../accounting.ts'
import { startPeer } from '../scene.ts'
import type { Scene } from '../scene.ts'
import { median } from '../statistics.ts'

const starts = 5
const idleMs = 1000

/** The medians of several starts of a server, with nothing to do after them. */
export interface Started {
  readonly name: string
  readonly commit: string | undefined
  /** From the start of the process to the first accepted connection. */
  readonly ms: number
  /** Resident memory one second after the start, before any request. */
  readonly idleMiB: number
}

/** Starts all servers in turn. A first start of each fills the compile cache and is not counted. */
export async function measureStarts(scene: Scene): Promise<Started[]> {
  const taken = scene.peers.map(peer => ({ peer, ms: [] as number[], idleMiB: [] as number[] }))
  for (let round = 0; round <= starts; round++) {
    for (const { peer, ms, idleMiB } of taken) {
      const { served } = await startPeer(peer, scene.upstreamPorts.json, scene)
      await sleep(idleMs)
      const memory = residentMiB(served.pid)
      await served.stop()
      if (round === 0) continue
      ms.push(served.startedInMs)
      idleMiB.push(memory)
    }
  }
  return taken.map(({ peer: { name, commit }, ms, idleMiB }) => ({
    name,
    commit,
    ms: median(ms),
    idleMiB: median(idleMiB),
  }))
}
