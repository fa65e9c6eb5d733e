// `npm run chaos`: many requests through a server whose providers fail in every way, with none lost, doubled or mixed up; or of
// clients that leave in every phase; or through servers whose Redis fails.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { arrangements } from './outages/arrangements.ts'
import { runDepartures } from './departures/run.ts'
import type { PhaseReport } from './departures/run.ts'
import { closingsOf, percentile } from './left-clients.ts'
import type { Closings } from './left-clients.ts'
import { runOutages } from './outages/run.ts'
import { runChaos } from './run.ts'
import type { Report } from './run.ts'

const usage = `npm run chaos -- [options]

  --requests N   how many (20000)
  --seed N       the choices of the run; a new one each time unless set
  --width N      requests under way at one time (64; 8 with --departures)
  --leaves N     share of the clients that disconnect (0.1)
  --departures N instead: so many clients that disconnect, spread over every phase of a request; tells how long their calls
                 outlast them, and 99 % of the calls must end within 50 ms
  --redis        instead: two servers of two workers each over one Redis that hangs, dies and restarts, with sentinels and
                 as a cluster; no request may fail, and limits hold for all while Redis is there (needs redis-server)
`
const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 1e6)) },
    width: { type: 'string' },
    leaves: { type: 'string', default: '0.1' },
    departures: { type: 'string' },
    redis: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
/** Milliseconds within which 99 of 100 calls must end after their client. */
const mostMs = 50

if (flags.help) process.stdout.write(usage)
else if (flags.departures) process.exitCode = await leaving(Number(flags.departures))
else process.exitCode = flags.redis ? await outages() : await main()

async function main(): Promise<number> {
  const began = performance.now()
  const seed = Number(flags.seed)
  const { endings, calls, closings, delays, wrong } = await runChaos({
    seed,
    requests: Number(flags.requests),
    width: Number(flags.width ?? 64),
    leaves: Number(flags.leaves),
    patienceMs: 2_000,
  })
  const seconds = Math.round((performance.now() - began) / 1000)
  const counts = Object.entries(endings).map(([ending, count]) => `${count} ${ending}`)
  process.stderr.write(`seed ${seed}: ${counts.join(', ')}; ${calls} calls; ${seconds} s\n`)
  if (endings.left > 0) process.stderr.write(`${told(closings)}; ${toldDelays(delays)}\n`)
  process.stdout.write(wrong.map(line => `${line}\n`).join(''))
  return wrong.length === 0 ? 0 : 1
}

async function leaving(departures: number): Promise<number> {
  const began = performance.now()
  const seed = Number(flags.seed)
  const { phases, clients, stayed, delays, wrong } = await runDepartures({
    seed,
    departures,
    width: Number(flags.width ?? 8),
  })
  const seconds = Math.round((performance.now() - began) / 1000)
  for (const phase of phases)
    process.stderr.write(`${phase.left} left ${phase.phase}: ${told(phase)}${toldElsewhere(phase)}\n`)
  const all = closingsOf(clients)
  const left = phases.reduce((sum, phase) => sum + phase.left, 0)
  process.stderr.write(
    `seed ${seed}: ${left} left, ${told(all)}; ${stayed} stayed; ${seconds} s; ${toldDelays(delays)}\n`,
  )
  process.stdout.write(wrong.map(line => `${line}\n`).join(''))
  const isInTime = [all.underWay, all.arrivedLater].every(times => percentile(times, 0.99) <= mostMs)
  return wrong.length === 0 && isInTime ? 0 : 1
}

function toldElsewhere({ elsewhere }: PhaseReport): string {
  return elsewhere > 0 ? ` (${elsewhere} before they came so far)` : ''
}

function told({ underWay, arrivedLater }: Closings): string {
  const later = arrivedLater.length > 0 ? `, and ${toldTimes(arrivedLater)} that arrived after it` : ''
  return `${toldTimes(underWay)} outlasted their client${later}`
}

function toldTimes(times: readonly number[]): string {
  const [half, most, all] = [0.5, 0.99, 1].map(share => `${percentile(times, share).toFixed(1)} ms`)
  return times.length === 0 ? 'no calls' : `${times.length} calls (${half}, p99 ${most}, at most ${all})`
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
