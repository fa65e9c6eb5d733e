import { table } from '../../../docs/generate/table.ts'
import type { Part } from '../options.ts'
import { baselineName, everythingOffName, oursName } from '../servers/names.ts'
import { median, ratiosPerRound } from '../statistics.ts'
import { serversOf } from './result.ts'
import type { PartResult, Servers } from './result.ts'
import { figuresOf } from './tables.ts'

/** A limit that hulumanage is to keep, with its figure in some results. */
export interface Aim {
  readonly what: string
  /** The part that shows it. */
  readonly part: Part
  readonly least?: number
  readonly most?: number
  /** The median of the rounds; NaN if no result shows it. */
  readonly figure: number
}

/** The aims of hulumanage beside the figures of some results, as a Markdown table; aims that no result shows are left out. */
export function aimTable(results: readonly PartResult[]): string {
  const rows = aimsOf(results)
    .filter(({ figure }) => Number.isFinite(figure))
    .map(({ what, part, least = -Infinity, most = Infinity, figure }) => [
      what,
      `\`${part}\``,
      least === -Infinity ? `at most ${most}` : `at least ${least}`,
      figure < 10 ? figure.toFixed(2) : figure.toFixed(0),
      figure >= least && figure <= most ? 'yes' : 'no',
    ])
  return table([['of hulumanage', 'part', 'aim', 'measured', 'reached'], ...rows])
}

/** All aims, in the order of the parts. */
export function aimsOf(results: readonly PartResult[]): Aim[] {
  const json = serversOf(results, 'json')
  return [
    ...startAims(serversOf(results, 'start')),
    { what: 'p50 over the bare relay, us', part: 'latency', most: 40, figure: addedUs(results) },
    {
      what: 'whole answers/s to the bare relay',
      part: 'json',
      least: 0.85,
      figure: rate(json, baselineName),
    },
    { what: 'whole answers/s to nginx', part: 'json', least: 0.22, figure: rate(json, 'nginx') },
    { what: 'whole answers/s to Portkey', part: 'json', least: 10, figure: rate(json, 'portkey') },
    {
      what: 'streams/s in bursts to the bare relay',
      part: 'stream',
      least: 0.75,
      figure: rate(serversOf(results, 'stream'), baselineName),
    },
    { what: 'p99 to p50 at half of the maximum', part: 'half', most: 3, figure: spread(results) },
    {
      what: 'CPU of a prompt of 400 KB to the bare relay',
      part: 'prompts',
      most: 1.1,
      figure: cost(serversOf(results, 'prompts', ' 400 KB'), baselineName),
    },
    { what: 'CPU of a call of `bon`, us', part: 'approaches', most: 40, figure: callUs(results) },
    ...featureAims(serversOf(results, 'features')),
    { what: 'two workers to one', part: 'workers', least: 1.8, figure: speedUp(results) },
    ...pacedAims(serversOf(results, 'paced', '1000 streams')),
  ]
}

function startAims(servers: Servers<'start'>): Aim[] {
  const [ours, least] = [oursName, baselineName].map(name => servers.find(server => server.name === name))
  const ratio = (ours?.ms ?? Number.NaN) / (least?.ms ?? Number.NaN)
  return [
    { what: 'start to listening to the bare relay', part: 'start', most: 1.6, figure: ratio },
    { what: 'idle memory, MiB', part: 'start', most: 95, figure: ours?.idleMiB ?? Number.NaN },
  ]
}

function addedUs(results: readonly PartResult[]): number {
  const servers = serversOf(results, 'latency')
  const [ours, least] = [oursName, baselineName].map(name => figuresOf(servers, name, ({ p50Ms }) => p50Ms))
  return median((ours ?? []).map((time, round) => (time - (least?.[round] ?? Number.NaN)) * 1000))
}

function rate(servers: Servers<'json'>, other: string): number {
  return compare(
    figuresOf(servers, oursName, burst => burst.perSecond),
    figuresOf(servers, other, burst => burst.perSecond),
  )
}

function cost(servers: Servers<'json'>, other: string): number {
  const costs = (name: string) => figuresOf(servers, name, burst => burst.cpuMicroseconds)
  return compare(costs(oursName), costs(other))
}

function spread(results: readonly PartResult[]): number {
  const ours = serversOf(results, 'half').find(({ name }) => name === oursName)
  return median((ours?.runs ?? []).map(({ p99Ms, p50Ms }) => p99Ms / p50Ms))
}

function callUs(results: readonly PartResult[]): number {
  const ours = serversOf(results, 'approaches').find(({ name }) => name === oursName)
  return median((ours?.bursts ?? []).map(burst => burst.cpuMicroseconds / (ours?.calls ?? Number.NaN)))
}

function featureAims(servers: Servers<'features'>): Aim[] {
  const rates = (name: string) => figuresOf(servers, name, burst => burst.perSecond)
  return servers
    .filter(({ name }) => name !== everythingOffName)
    .map(({ name }) => ({
      what: `${name} to everything off`,
      part: 'features',
      least: 0.92,
      figure: compare(rates(name), rates(everythingOffName)),
    }))
}

function speedUp(results: readonly PartResult[]): number {
  const fleet = serversOf(results, 'workers').find(({ workers }) => workers === 2)
  return median((fleet?.runs ?? []).map(run => run.speedUp))
}

function pacedAims(servers: Servers<'paced'>): Aim[] {
  const [ours, least] = [oursName, baselineName].map(name => servers.find(server => server.name === name))
  const cpu = compare(ours?.cpuMicroseconds ?? [], least?.cpuMicroseconds ?? [])
  const memory = (ours?.kibPerStream ?? Number.NaN) / (least?.kibPerStream ?? Number.NaN)
  return [
    { what: 'CPU of an event of 1,000 streams to the bare relay', part: 'paced', most: 1.15, figure: cpu },
    { what: 'memory of one of 1,000 streams to the bare relay', part: 'paced', most: 1.25, figure: memory },
    {
      what: 'longest gap in 1,000 streams, ms',
      part: 'paced',
      most: 200,
      figure: ours?.longestGapMs ?? Number.NaN,
    },
  ]
}

/** The median ratio of the rounds; NaN if one of the two was not measured. */
function compare(values: readonly number[], others: readonly number[]): number {
  return values.length === 0 || others.length === 0 ? Number.NaN : median(ratiosPerRound(values, others))
}
