import { table } from '../../docs/generate/table.ts'
import type { Burst, Measured } from './bursts.ts'
import type { Started } from './starts.ts'
import { median, ratiosPerRound, summarize } from './statistics.ts'

const saturated = 0.95
const loadLimit = 0.9

/** Names of the two servers that the others are compared with. */
export interface Compared {
  readonly baseline: string
  readonly ours: string
}

/** Throughput as a Markdown table, with the proof that each server was at its limit. */
export function throughputTable(measured: readonly Measured[], { baseline, ours }: Compared): string {
  const rates = (name: string) => figuresOf(measured, name, burst => burst.perSecond)
  const head = [
    'server',
    'requests/s',
    'CPU us/request',
    `to ${baseline}`,
    `${ours} to it`,
    'its core',
    'load cores',
  ]
  const rows = measured.map(({ name, bursts }) => [
    name,
    count(median(rates(name))),
    medianOf(bursts, burst => burst.cpuMicroseconds).toFixed(1),
    name === baseline ? '1' : ratio(rates(name), rates(baseline)),
    name === ours ? '1' : ratio(rates(ours), rates(name)),
    percent(medianOf(bursts, burst => burst.serverShare)),
    percent(medianOf(bursts, burst => burst.loadShare)),
  ])
  return table([head, ...rows])
}

/** The time to the end of an answer on one connection, and what is added to the baseline's in the same round. */
export function latencyTable(measured: readonly Measured[], { baseline }: Compared): string {
  const times = (name: string) => figuresOf(measured, name, burst => burst.p50Ms)
  const rows = measured.map(({ name, bursts }) => {
    const added = times(name).map((time, round) => (time - (times(baseline)[round] ?? Number.NaN)) * 1000)
    return [
      name,
      medianOf(bursts, burst => burst.p50Ms).toFixed(3),
      medianOf(bursts, burst => burst.p99Ms).toFixed(3),
      median(added).toFixed(0),
    ]
  })
  return table([['server', 'p50 ms', 'p99 ms', `p50 over ${baseline}, us`], ...rows])
}

export function startTable(started: readonly Started[], { baseline }: Compared): string {
  const least = started.find(({ name }) => name === baseline)?.ms ?? Number.NaN
  const rows = started.map(({ name, ms, idleMiB }) => [
    name,
    ms.toFixed(0),
    (ms / least).toFixed(2),
    idleMiB.toFixed(0),
  ])
  return table([['server', 'start to listening, ms', `to ${baseline}`, 'idle memory, MiB'], ...rows])
}

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

function figuresOf(measured: readonly Measured[], name: string, figure: (burst: Burst) => number): number[] {
  return measured.find(one => one.name === name)?.bursts.map(figure) ?? []
}

function medianOf(bursts: readonly Burst[], figure: (burst: Burst) => number): number {
  return median(bursts.map(figure))
}

/** The median ratio of the rounds, with the quartiles; empty if one of the two was not measured. */
function ratio(values: readonly number[], others: readonly number[]): string {
  if (values.length === 0 || others.length === 0) return ''
  const { median, low, high } = summarize(ratiosPerRound(values, others))
  return `${short(median)} (${short(low)} to ${short(high)})`
}

function short(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1)
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
