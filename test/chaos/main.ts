// `npm run chaos`: many requests through a server whose providers fail in every way, with none lost, doubled or mixed up; or
// through servers whose Redis fails.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { arrangements } from './outages/arrangements.ts'
import { percentile } from './left-clients.ts'
import type { Closings } from './left-clients.ts'
import { runOutages } from './outages/run.ts'
import { runChaos } from './run.ts'
import type { Report } from './run.ts'

const usage = `npm run chaos -- [options]

  --requests N   how many (20000)
  --seed N       the choices of the run; a new one each time unless set
  --width N      requests under way at one time (64)
  --leaves N     share of the clients that disconnect (0.1)
  --redis        instead: two servers of two workers each over one Redis that hangs, dies and restarts, with sentinels and
                 as a cluster; no request may fail, and limits hold for all while Redis is there (needs redis-server)
`
const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 1e6)) },
    width: { type: 'string', default: '64' },
    leaves: { type: 'string', default: '0.1' },
    redis: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) process.stdout.write(usage)
else process.exitCode = flags.redis ? await outages() : await main()

async function main(): Promise<number> {
  const began = performance.now()
  const seed = Number(flags.seed)
  const { endings, calls, closings, delays, wrong } = await runChaos({
    seed,
    requests: Number(flags.requests),
    width: Number(flags.width),
    leaves: Number(flags.leaves),
    patienceMs: 2_000,
  })
  const seconds = Math.round((performance.now() - began) / 1000)
  const counts = Object.entries(endings).map(([ending, count]) => `${count} ${ending}`)
  process.stderr.write(`seed ${seed}: ${counts.join(', ')}; ${calls} calls; ${seconds} s\n`)
  if (closings.times.length > 0)
    process.stderr.write(`calls that outlasted their clients: ${told(closings)}; ${toldDelays(delays)}\n`)
  process.stdout.write(wrong.map(line => `${line}\n`).join(''))
  return wrong.length === 0 ? 0 : 1
}

function told(closings: Closings): string {
  const { times, arrivedLater } = closings
  const [half, most, all] = [0.5, 0.99, 1].map(share => `${percentile(closings, share).toFixed(1)} ms`)
  const later = arrivedLater > 0 ? `, ${arrivedLater} of which arrived later than they left` : ''
  return `${times.length} calls ended after ${half}, p99 ${most}, ${all} at most${later}`
}

function toldDelays({ server, harness }: Report['delays']): string {
  return (
    `delays of event loops, p99: server ${Math.round(server)} ms, ` +
    `clients and providers ${Math.round(harness)} ms; load ${loadavg()[0]!.toFixed(1)}`
  )
}

async function outages(): Promise<number> {
  const all: string[] = []
  for (const name of Object.keys(arrangements) as (keyof typeof arrangements)[]) {
    const { answered, wrong } = await runOutages(name)
    process.stderr.write(`Redis ${name}: ${answered} requests answered, ${wrong.length} things wrong\n`)
    all.push(...wrong)
  }
  process.stdout.write(all.map(line => `${line}\n`).join(''))
  return all.length === 0 ? 0 : 1
}
