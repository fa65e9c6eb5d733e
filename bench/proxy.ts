import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { latencies, quantile, throughput } from './load.ts'
import type { Kind, Throughput } from './load.ts'
import { serve } from './processes.ts'
import type { Served } from './processes.ts'
import { printReport } from './report.ts'
import type { Comparison, Figures, Report, Start } from './report.ts'

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    // V8 goes on compiling for the first twenty thousand calls or so; a server runs for days after that.
    'warm-up': { type: 'string', default: '12' },
  },
})
const rounds = Number(flags.rounds)
const seconds = Number(flags.seconds)
const warmUpSeconds = Number(flags['warm-up'])
const latencyCalls = 1000
const starts = 5
const idleMs = 1000

const folder = mkdtempSync(join(tmpdir(), 'hulumanage-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

const upstream = await serve(fileOf('upstream.ts'), port => [String(port)])
const starting = await measureStarts()
const relay = await serveRelay()
const proxy = await serveProxy()
const report: Report = {
  node: process.version,
  start: starting,
  json: await compare('json'),
  stream: await compare('stream'),
}
await Promise.all([proxy.stop(), relay.stop(), upstream.stop()])
console.log(flags.json ? JSON.stringify(report, undefined, 2) : printReport(report))

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

async function serveRelay(): Promise<Served> {
  return await serve(fileOf('relay.ts'), port => [String(port), upstream.origin])
}

/** hulumanage in front of three providers of different weight, all of them the same upstream. */
async function serveProxy(): Promise<Served> {
  const config = join(folder, 'config.json')
  const providers = [3, 2, 1].map(weight => ({
    name: `weight-${weight}`,
    base_url: `${upstream.origin}/v1`,
    api_key: 'bench',
    weight,
  }))
  writeFileSync(config, JSON.stringify({ providers, monitoring: { log_level: 'warning' } }))
  return await serve(fileOf('../bin/hulumanage.js'), port => [
    'serve',
    '--approach=proxy',
    `--config=${config}`,
    `--port=${port}`,
  ])
}

/** The median of several starts; the first one fills the compile cache. */
async function measureStarts(): Promise<Report['start']> {
  const taken = { relay: [] as Start[], proxy: [] as Start[] }
  for (let n = 0; n < starts; n += 1) {
    taken.relay.push(await start(serveRelay))
    taken.proxy.push(await start(serveProxy))
  }
  return { relay: medianOf(taken.relay), proxy: medianOf(taken.proxy) }
}

async function start(serveIt: () => Promise<Served>): Promise<Start> {
  const server = await serveIt()
  await sleep(idleMs)
  const idleMiB = server.memoryMiB()
  await server.stop()
  return { ms: server.startedInMs, idleMiB }
}

function medianOf(taken: readonly Start[]): Start {
  const memory = taken.map(({ idleMiB }) => idleMiB).filter(value => value !== undefined)
  return {
    ms: quantile(
      taken.map(({ ms }) => ms),
      0.5,
    ),
    idleMiB: memory.length > 0 ? quantile(memory, 0.5) : undefined,
  }
}

/** Both in turn, in changing order, so that neither has the quieter moments. */
async function compare(kind: Kind): Promise<Comparison> {
  const relayed: Throughput[] = []
  const proxied: Throughput[] = []
  const turns = [
    { server: relay, taken: relayed },
    { server: proxy, taken: proxied },
  ]
  for (const { server } of turns) await throughput(server, kind, warmUpSeconds)
  for (let round = 0; round < rounds; round += 1) {
    for (const { server, taken } of turns) taken.push(await throughput(server, kind, seconds))
    turns.reverse()
  }
  const [bare = [], ...added] = await latencies([upstream, relay, proxy], kind, latencyCalls)
  const ratios = proxied.map(({ perSecond }, round) => perSecond / (relayed[round]?.perSecond ?? Number.NaN))
  return {
    relay: figuresOf(relayed, added[0] ?? [], bare),
    proxy: figuresOf(proxied, added[1] ?? [], bare),
    ratio: quantile(ratios, 0.5),
  }
}

function figuresOf(taken: readonly Throughput[], times: readonly number[], bare: readonly number[]): Figures {
  const cpu = taken.map(({ cpuMicroseconds }) => cpuMicroseconds).filter(value => value !== undefined)
  return {
    perSecond: quantile(
      taken.map(({ perSecond }) => perSecond),
      0.5,
    ),
    cpuMicroseconds: cpu.length > 0 ? quantile(cpu, 0.5) : undefined,
    addedP50: quantile(times, 0.5) - quantile(bare, 0.5),
    addedP99: quantile(times, 0.99) - quantile(bare, 0.99),
  }
}
