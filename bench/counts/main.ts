// `npm run bench:count`: what one request takes, counted and not timed, in checkouts side by side. The figures hardly depend on what
// else the machine does, so that two commits can be compared on a busy one.
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../docs/generate/table.ts'
import { findProgram } from '../throughput/machine.ts'
import { orderOfRound } from '../throughput/statistics.ts'
import { trips } from '../trips/trips.ts'
import { startAllocations } from './allocations.ts'
import type { Counter, StartCounter } from './counter.ts'
import { startInstructions } from './instructions.ts'

const usage = `npm run bench:count -- [options]

  --also [NAME=]DIR  another checkout of hulumanage to count in the same run; repeatable
  --rounds N         counts of each, in turn; the lowest is printed, with the highest (8)
  --trips LIST       numbers of the kinds of requests (1,2)
  --only KIND        instructions or allocations (both)

Kinds of requests:
${Object.keys(trips)
  .map((name, index) => `  ${index + 1}  ${name.replaceAll('`', '')}\n`)
  .join('')}`

const { values } = parseArgs({
  options: {
    also: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '8' },
    trips: { type: 'string', default: '1,2' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(usage)
else await main()

async function main(): Promise<void> {
  const checkouts = new Map([['this', join(import.meta.dirname, '../..')], ...values.also.map(checkoutOf)])
  for (const [kind, start] of Object.entries(counters())) {
    if (values.only === undefined || values.only === kind) console.log(await countAll(start, checkouts))
  }
}

function counters(): Readonly<Record<string, StartCounter>> {
  if (findProgram('valgrind')) return { instructions: startInstructions, allocations: startAllocations }
  console.error('instructions are left out: apt-get install valgrind')
  return { allocations: startAllocations }
}

/** Counts each kind of request in all checkouts, in rounds. */
async function countAll(start: StartCounter, checkouts: ReadonlyMap<string, string>): Promise<string> {
  const counters: Counter[] = []
  for (const checkout of checkouts.values()) counters.push(await start(checkout))
  const title = `${counters[0]?.title ?? ''} for a request`
  const names = [...checkouts.keys()]
  const rows = [[title, ...names, ...names.slice(1).map(name => `this to ${name}`)]]
  for (const [index, [name, trip]] of Object.entries(trips).entries()) {
    if (!values.trips.split(',').includes(String(index + 1))) continue
    console.error(`warming up for ${name}`)
    const counted = counters.map(counter => ({ counter, counts: [] as number[] }))
    for (const { counter } of counted) await counter.warm(trip)
    for (let round = 0; round < Number(values.rounds); round++) {
      console.error(`round ${round + 1} of ${values.rounds}`)
      for (const { counter, counts } of orderOfRound(counted, round)) counts.push(await counter.count(trip))
    }
    const lowest = counted.map(({ counts }) => Math.min(...counts))
    const cells = counted.map(
      ({ counts }, at) => `${lowest[at]!.toFixed(1)} (to ${Math.max(...counts).toFixed(1)})`,
    )
    rows.push([name, ...cells, ...lowest.slice(1).map(other => (lowest[0]! / other).toFixed(3))])
  }
  for (const counter of counters) await counter.stop()
  return table(rows)
}

function checkoutOf(text: string): [string, string] {
  const [, name, folder = text] = /^([^=/]+)=(.+)$/.exec(text) ?? []
  return [name ?? basename(resolve(folder)), resolve(folder)]
}
