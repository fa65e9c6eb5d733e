import t from 'tap'
import { doubts, pacedDoubts } from '../../../../bench/throughput/report/doubts.ts'
import {
  approachTable,
  latencyTable,
  pacedTable,
  throughputTable,
} from '../../../../bench/throughput/report/tables.ts'
import { measured, rowOf } from './measured.ts'

const compared = { baseline: 'relay', ours: 'ours' }

t.test('the row of a server has medians, and the ratios of each round', async t => {
  const text = throughputTable(
    [
      measured('relay', { perSecond: 1000 }, { perSecond: 2000 }, { perSecond: 4000 }),
      measured('ours', { perSecond: 600 }, { perSecond: 1000 }, { perSecond: 1600 }),
    ],
    compared,
  )
  t.same(rowOf('relay', text), ['2,000', '990.0', '1', '0.50 (0.45 to 0.55)', '99 %', '40 %'])
  t.same(rowOf('ours', text), ['1,000', '990.0', '0.50 (0.45 to 0.55)', '1', '99 %', '40 %'])
})

t.test('nothing is compared with a server that was not measured', async t => {
  const text = throughputTable([measured('relay', {}), measured('nginx', {})], compared)
  t.same(rowOf('nginx', text), ['1,000', '990.0', '1.00 (1.00 to 1.00)', '', '99 %', '40 %'])
})

t.test('the time added to the baseline is the median of the rounds', async t => {
  const text = latencyTable(
    [
      measured('relay', { p50Ms: 0.1 }, { p50Ms: 0.2 }, { p50Ms: 0.9 }),
      measured('ours', { p50Ms: 0.15 }, { p50Ms: 0.27 }, { p50Ms: 0.91 }),
    ],
    compared,
  )
  t.same(rowOf('ours', text), ['0.270', '2.000', '50'])
})

t.test('a server that used its whole core while the load had room is trusted', async t => {
  t.same(doubts([measured('ours', {}, {})]), [])
})

t.test("a server that did not use its whole core is doubted, with the core's other work", async t => {
  const [doubt, ...more] = doubts([measured('ours', { serverShare: 0.7, idleShare: 0.2 })])
  t.same(more, [])
  t.match(doubt, /ours used only 70 % of its core \(idle 20 %, other programs 10 %\)/)
})

t.test('a load near its own limit is doubted', async t => {
  t.match(doubts([measured('nginx', { loadShare: 0.95 })]), [/95 % of their cores.*nginx/])
})

t.test('the time of an approach is told for each of its calls', async t => {
  const text = approachTable([{ ...measured('ours', { cpuMicroseconds: 300 }), calls: 3 }])
  t.same(rowOf('ours', text), ['3', '1,000', '300.0', '100.0', '99 %'])
})

const paced = { commit: undefined, longestGapMs: 31, kibPerStream: 12.34, serverShare: 0.5, loadShare: 0.6 }

t.test('slow streams are compared by the time for an event, round by round', async t => {
  const relay = { ...paced, name: 'relay', cpuMicroseconds: [10, 20] }
  const ours = { ...paced, name: 'ours', cpuMicroseconds: [15, 24] }
  t.same(rowOf('ours', pacedTable([relay, ours], compared)), [
    '19.5',
    '1.35 (1.27 to 1.43)',
    '31',
    '12.3',
    '50 %',
    '60 %',
  ])
})

t.test('slow streams of a core that is full are doubted, and gaps that may be of the load', async t => {
  const busy = { ...paced, name: 'ours', cpuMicroseconds: [1] }
  t.same(pacedDoubts([busy]), [])
  t.match(pacedDoubts([{ ...busy, serverShare: 0.97, loadShare: 0.95 }]), [
    /97 % of its core/,
    /95 % of their cores/,
  ])
})
