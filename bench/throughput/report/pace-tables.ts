import { table } from '../../../docs/generate/table.ts'
import type { Halved, HalfRun } from '../arrivals/half.ts'
import type { Fleet, FleetRun } from '../arrivals/workers.ts'
import type { Measured } from '../loads/bursts.ts'
import { median, summarize } from '../statistics.ts'
import { count, figuresOf, medianOf, percent, ratio, withQuartiles } from './tables.ts'

/** Times of answers at half of the maximum rate, and what is known of the load. */
export function halfTable(halved: readonly Halved[]): string {
  const head = ['server', 'requests/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'p99 to p50', 'sent late, p99 ms']
  const rows = halved.map(({ name, runs }) => {
    const of = (figure: (run: HalfRun) => number) => median(runs.map(figure))
    return [
      name,
      count(of(run => run.rate)),
      of(run => run.p50Ms).toFixed(3),
      of(run => run.p99Ms).toFixed(3),
      of(run => run.p999Ms).toFixed(3),
      withQuartiles(summarize(runs.map(run => run.p99Ms / run.p50Ms))),
      of(run => run.lateP99Ms).toFixed(3),
      percent(of(run => run.serverShare)),
      percent(of(run => run.loadShare)),
    ]
  })
  return table([[...head, 'its core', 'load cores'], ...rows])
}

/** Servers with one worker and with several, at the same pace for each worker. */
export function fleetTable(fleets: readonly Fleet[]): string {
  const head = ['server', 'requests/s', 'answered/s', 'CPU us/request', 'of its busiest process', 'p99 ms']
  const rows = fleets.map(({ name, runs }) => {
    const of = (figure: (run: FleetRun) => number) => median(runs.map(figure))
    return [
      name,
      count(of(run => run.rate)),
      count(of(run => run.perSecond)),
      of(run => run.cpuMicroseconds).toFixed(1),
      of(run => run.busiestMicroseconds).toFixed(1),
      of(run => run.p99Ms).toFixed(3),
      withQuartiles(summarize(runs.map(run => run.speedUp))),
    ]
  })
  return table([[...head, 'to one worker'], ...rows])
}

/** Throughput and processor time of servers with one feature, beside one without any. */
export function featureTable(measured: readonly Measured[], without: string): string {
  const head = [
    'server',
    'requests/s',
    `to ${without}`,
    'CPU us/request',
    `CPU to ${without}`,
    'its core',
    'load cores',
  ]
  const rates = (name: string) => figuresOf(measured, name, burst => burst.perSecond)
  const costs = (name: string) => figuresOf(measured, name, burst => burst.cpuMicroseconds)
  const rows = measured.map(({ name, bursts }) => [
    name,
    count(median(rates(name))),
    name === without ? '1' : ratio(rates(name), rates(without)),
    median(costs(name)).toFixed(1),
    name === without ? '1' : ratio(costs(name), costs(without)),
    percent(medianOf(bursts, burst => burst.serverShare)),
    percent(medianOf(bursts, burst => burst.loadShare)),
  ])
  return table([head, ...rows])
}
