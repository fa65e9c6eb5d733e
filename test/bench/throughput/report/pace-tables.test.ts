import t from 'tap'
import type { HalfRun } from '../../../../bench/throughput/arrivals/half.ts'
import type { FleetRun } from '../../../../bench/throughput/arrivals/workers.ts'
import { fleetDoubts, halfDoubts } from '../../../../bench/throughput/report/doubts.ts'
import { featureTable, fleetTable, halfTable } from '../../../../bench/throughput/report/pace-tables.ts'
import { measured, rowOf } from './measured.ts'

const run: HalfRun & FleetRun = {
  sent: 1250,
  measured: 1000,
  perSecond: 500,
  rate: 500,
  maximum: 1000,
  p50Ms: 1,
  p99Ms: 2,
  p999Ms: 4,
  lateP99Ms: 0.1,
  cpuMicroseconds: 900,
  busiestMicroseconds: 900,
  speedUp: 1,
  serverShare: 0.45,
  loadShare: 0.2,
}

const server = (...runs: readonly Partial<HalfRun & FleetRun>[]) => ({
  name: 'ours',
  commit: undefined,
  workers: 2,
  runs: runs.map(some => ({ ...run, ...some })),
})

t.test('the slowest answers are compared with the usual ones of the same run', async t => {
  const halved = server({}, { p50Ms: 2, p99Ms: 8 }, { p50Ms: 1, p99Ms: 3 })
  t.same(rowOf('ours', halfTable([halved])), [
    '500',
    '1.000',
    '3.000',
    '4.000',
    '3.00 (2.50 to 3.50)',
    '0.100',
    '45 %',
    '20 %',
  ])
})

t.test('workers have the time of their busiest process, and what they take', async t => {
  const fleet = server({ busiestMicroseconds: 500, speedUp: 1.8 })
  t.same(rowOf('ours', fleetTable([fleet])), ['500', '500', '900.0', '500.0', '2.000', '1.80 (1.80 to 1.80)'])
})

t.test('a feature is compared round by round with everything off', async t => {
  const off = measured(
    'off',
    { perSecond: 1000, cpuMicroseconds: 100 },
    { perSecond: 500, cpuMicroseconds: 200 },
  )
  const on = measured(
    'on',
    { perSecond: 800, cpuMicroseconds: 120 },
    { perSecond: 300, cpuMicroseconds: 300 },
  )
  t.same(rowOf('on', featureTable([off, on], 'off')), [
    '550',
    '0.70 (0.65 to 0.75)',
    '210.0',
    '1.35 (1.27 to 1.43)',
    '99 %',
    '40 %',
  ])
})

t.test('a pace that was kept by a load with room is trusted', async t => {
  t.same([...halfDoubts([server({}, {})]), ...fleetDoubts([server({})])], [])
})

t.test('late requests, a missed pace and a full load are doubted', async t => {
  t.match(halfDoubts([server({ lateP99Ms: 1 })]), [/1\.000 ms late, 50 % of its p99/])
  t.match(halfDoubts([server({ perSecond: 400 })]), [/ours answered only 80 %/])
  t.match(fleetDoubts([server({ loadShare: 0.95 })]), [/95 % of their cores/])
})
