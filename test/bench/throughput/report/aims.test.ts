import t from 'tap'
import { aimsOf, aimTable } from '../../../../bench/throughput/report/aims.ts'
import type { PartResult } from '../../../../bench/throughput/report/result.ts'
import { measured, rowOf } from './measured.ts'

const json: PartResult = {
  part: 'json',
  title: 'Whole answers',
  servers: [
    measured('bare relay', { perSecond: 1000 }, { perSecond: 2000 }),
    measured('hulumanage', { perSecond: 900 }, { perSecond: 1700 }),
    measured('nginx', { perSecond: 9000 }, { perSecond: 17_000 }),
  ],
}

t.test('an aim is compared with the median of the rounds', async t => {
  const text = aimTable([json])
  t.same(rowOf('whole answers/s to the bare relay', text), ['`json`', 'at least 0.85', '0.88', 'yes'])
  t.same(rowOf('whole answers/s to nginx', text), ['`json`', 'at least 0.22', '0.10', 'no'])
})

t.test('an aim that no result shows is left out', async t => {
  t.equal(rowOf('whole answers/s to Portkey', aimTable([json])), undefined)
  t.equal(rowOf('two workers to one', aimTable([json])), undefined)
})

t.test('each part with an aim has its figure', async t => {
  const bursts = (part: 'latency' | 'stream' | 'prompts' | 'approaches'): PartResult => ({
    part,
    title: 'a prompt of 400 KB',
    servers: [
      measured('bare relay', {}),
      { ...measured('hulumanage', { p50Ms: 1.02, cpuMicroseconds: 1089 }), calls: 3 },
    ],
  })
  const run = { ...open, p50Ms: 2, p99Ms: 5, maximum: 2000, busiestMicroseconds: 50, speedUp: 1.9 }
  const results: PartResult[] = [
    json,
    ...(['latency', 'stream', 'prompts', 'approaches'] as const).map(bursts),
    {
      part: 'start',
      title: 'Start',
      servers: [
        { name: 'bare relay', commit: undefined, ms: 100, idleMiB: 50 },
        { name: 'hulumanage', commit: undefined, ms: 150, idleMiB: 90 },
      ],
    },
    { part: 'half', title: 'half', servers: [{ name: 'hulumanage', commit: undefined, runs: [run] }] },
    { part: 'workers', title: 'two', servers: [{ name: 'two', commit: undefined, workers: 2, runs: [run] }] },
    {
      part: 'features',
      title: 'features',
      servers: [measured('everything off', {}), measured('ledger', { perSecond: 950 })],
    },
    {
      part: 'paced',
      title: '1000 streams at once',
      servers: [
        { ...paced, name: 'bare relay', cpuMicroseconds: [10, 20], kibPerStream: 10 },
        { ...paced, name: 'hulumanage', cpuMicroseconds: [11, 22], kibPerStream: 12 },
      ],
    },
  ]
  const figures = aimsOf(results).map(({ part, figure }) => [part, Number(figure.toFixed(3))])
  t.same(figures, [
    ['start', 1.5],
    ['start', 90],
    ['latency', 20],
    ['json', 0.875],
    ['json', 0.1],
    ['json', Number.NaN],
    ['stream', 1],
    ['half', 2.5],
    ['prompts', 1.1],
    ['approaches', 363],
    ['features', 0.95],
    ['workers', 1.9],
    ['paced', 1.1],
    ['paced', 1.2],
    ['paced', 31],
  ])
})

const paced = { commit: undefined, longestGapMs: 31, serverShare: 0.5, loadShare: 0.6 }

const open = {
  sent: 1250,
  measured: 1000,
  perSecond: 1000,
  rate: 1000,
  p999Ms: 8,
  lateP99Ms: 0,
  cpuMicroseconds: 900,
  serverShare: 0.4,
  loadShare: 0.2,
}
