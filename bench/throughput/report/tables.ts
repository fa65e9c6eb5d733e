import { table } from '../../../docs/generate/table.ts'
import type { Burst, Measured } from '../loads/bursts.ts'
import type { Started } from '../loads/starts.ts'
import type { Paced } from '../paced/paced.ts'
import { median, ratiosPerRound, summarize } from '../statistics.ts'
import type { Summary } from '../statistics.ts'

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

/** Chains of approaches: the time of the server for each of the calls that an answer takes. */
export function approachTable(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, calls, bursts }) => [
    name,
    String(calls),
    count(medianOf(bursts, burst => burst.perSecond)),
    medianOf(bursts, burst => burst.cpuMicroseconds).toFixed(1),
    medianOf(bursts, burst => burst.cpuMicroseconds / calls).toFixed(1),
    percent(medianOf(bursts, burst => burst.serverShare)),
  ])
  const head = ['server', 'calls', 'requests/s', 'CPU us/request', 'CPU us/call', 'its core']
  return table([head, ...rows])
}

/** Streams that are open for long. Those that are idle have no events to count. */
export function pacedTable(measured: readonly Paced[], { baseline }: Compared): string {
  const least = measured.find(({ name }) => name === baseline)
  const rows = measured.map(one => [
    one.name,
    perEvent(one.cpuMicroseconds),
    least && one !== least && perEvent(one.cpuMicroseconds)
      ? ratio(one.cpuMicroseconds, least.cpuMicroseconds)
      : '1',
    one.longestGapMs.toFixed(0),
    one.kibPerStream.toFixed(1),
    percent(one.serverShare),
    percent(one.loadShare),
  ])
  const head = [
    'server',
    'CPU us/event',
    `to ${baseline}`,
    'longest gap, ms',
    'KiB/stream',
    'its core',
    'load cores',
  ]
  return table([head, ...rows])
}

function perEvent(values: readonly number[]): string {
  return values.every(Number.isFinite) ? median(values).toFixed(1) : ''
}

/** A figure of each burst of a server; empty if it was not measured. */
export function figuresOf(
  measured: readonly Measured[],
  name: string,
  figure: (burst: Burst) => number,
): number[] {
  return measured.find(one => one.name === name)?.bursts.map(figure) ?? []
}

/** The median of a figure over all bursts. */
export function medianOf(bursts: readonly Burst[], figure: (burst: Burst) => number): number {
  return median(bursts.map(figure))
}

/** The median ratio of the rounds, with the quartiles; empty if one of the two was not measured. */
export function ratio(values: readonly number[], others: readonly number[]): string {
  if (values.length === 0 || others.length === 0) return ''
  return withQuartiles(summarize(ratiosPerRound(values, others)))
}

/** A median with its quartiles in parentheses. */
export function withQuartiles({ median, low, high }: Summary): string {
  return `${short(median)} (${short(low)} to ${short(high)})`
}

function short(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1)
}

/** A whole number with commas. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** A share as a whole percentage. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
