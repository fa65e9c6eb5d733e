import { join } from 'node:path'
import { startWatched } from '../trips/server.ts'
import { travelOften } from '../trips/trips.ts'
import type { Counter } from './counter.ts'
import type { Heap } from './heap.ts'

/** Compiled code allocates less: V8 has compiled what matters by then. */
const warmUp = 3000
const measured = 500
/** New objects of `measured` requests have to find room without a collection, which would hide them. */
const newSpaceMiB = 256

/** Counts the KiB that a request takes from the heap. */
export async function startAllocations(checkout: string): Promise<Counter> {
  const flags = [`--min-semi-space-size=${newSpaceMiB}`, `--max-semi-space-size=${newSpaceMiB}`]
  const server = await startWatched(checkout, {
    execArgv: [...flags, '--import', join(import.meta.dirname, 'heap.ts')],
  })
  const heap = async (message: 'clean' | 'look') => (await server.ask(message)) as Heap
  return {
    title: 'KiB from the heap',
    warm: trip => travelOften(server.url, trip, warmUp),
    count: async trip => {
      const before = await heap('clean')
      await travelOften(server.url, trip, measured)
      const after = await heap('look')
      if (after.collections > 0) throw new Error(`${after.collections} collections hide what was allocated`)
      return (after.usedBytes - before.usedBytes) / measured / 1024
    },
    stop: server.stop,
  }
}
