// `node bench/allocations/main.ts [CHECKOUT ...]`: how much memory one request takes from the heap, by kind of request. The figure
// hardly depends on what else the machine does, so that two commits can be compared on a busy one.
import { basename, join, resolve } from 'node:path'
import { table } from '../../docs/generate/table.ts'
import { startWatched } from '../trips/server.ts'
import { travel, trips } from '../trips/trips.ts'
import type { Heap } from './heap.ts'

/** Compiled code allocates less: V8 has compiled what matters by then. */
const warmUp = 3000
const measured = 500
/** New objects of `measured` requests have to find room without a collection, which would hide them. */
const newSpaceMiB = 256

const checkouts = process.argv.slice(2)
if (checkouts.length === 0) checkouts.push(join(import.meta.dirname, '../..'))

const columns: string[][] = []
for (const checkout of checkouts) columns.push(await measure(resolve(checkout)))
console.log(
  table([
    ['KiB of a request', ...checkouts.map(checkout => basename(resolve(checkout)))],
    ...Object.keys(trips).map((name, row) => [name, ...columns.map(column => column[row] ?? '')]),
  ]),
)

/** The KiB that a request of each kind allocates. */
async function measure(checkout: string): Promise<string[]> {
  const flags = [`--min-semi-space-size=${newSpaceMiB}`, `--max-semi-space-size=${newSpaceMiB}`]
  const server = await startWatched(checkout, join(import.meta.dirname, 'heap.ts'), flags)
  const heap = async (message: 'clean' | 'look') => (await server.ask(message)) as Heap
  const kibs: string[] = []
  for (const [name, trip] of Object.entries(trips)) {
    process.stderr.write(`${name}\n`)
    for (let request = 0; request < warmUp; request++) await travel(server.url, trip)
    const before = await heap('clean')
    for (let request = 0; request < measured; request++) await travel(server.url, trip)
    const after = await heap('look')
    if (after.collections > 0)
      throw new Error(`${name}: ${after.collections} collections hide what was allocated`)
    kibs.push(((after.usedBytes - before.usedBytes) / measured / 1024).toFixed(1))
  }
  server.stop()
  return kibs
}
