import type { Counted, Percentiles, SimulationReport } from '../../simulation/figures/report.ts'
import { shownUsd } from '../output/shown-usd.ts'
import { tableLines } from '../output/table.ts'

/** The result of a simulation for people. */
export function renderSimulation(report: SimulationReport): string {
  const sections = [requestsOf(report), providersOf(report), movesOf(report), costOf(report), logOf(report)]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

function requestsOf({ seed, minutes, requests, queue }: SimulationReport): string[] {
  const { begun, answered, failed, answered_per_second: rate, most_at_once: most, failures } = requests
  const waited = queue.calls > 0 ? (queue.waited / queue.calls) * 100 : 0
  return [
    `${count(begun)} requests in ${minutes} minutes (seed ${seed})`,
    '',
    ...table(
      ['', 'mean', 'p50', 'p95', 'p99', 'max'],
      [
        ['to the answer, ms', ...percentiles(requests.first_ms)],
        ['to its end, ms', ...percentiles(requests.total_ms)],
        ['wait in the queue, ms', ...percentiles(queue.wait_ms)],
      ],
    ),
    '',
    `answered: ${count(answered)}, which is ${rate} per second; at most ${count(most)} at once`,
    `failed: ${count(failed)}${failed > 0 ? ` (${listOf(failures)})` : ''}`,
    `waited in the queue: ${count(queue.waited)} of ${count(queue.calls)} calls (${waited.toFixed(1)} %)`,
  ]
}

function providersOf({ providers }: SimulationReport): string[] {
  const rows = providers.map(provider => [
    provider.name,
    provider.weight_share === null ? '-' : percent(provider.weight_share),
    percent(provider.share),
    count(provider.attempts),
    count(provider.ok),
    count(Object.values(provider.failures).reduce((sum, failed) => sum + failed, 0)),
    count(provider.limited),
    number(provider.answer_ms.p50),
    number(provider.answer_ms.p95),
    shownUsd(provider.usd),
  ])
  const failed = providers.filter(({ failures }) => Object.keys(failures).length > 0)
  return [
    ...table(
      ['provider', 'weight', 'share', 'attempts', 'ok', 'failed', '429', 'p50 ms', 'p95 ms', 'cost'],
      rows,
    ),
    ...failed.map(({ name, failures }) => `failures of ${name}: ${listOf(failures)}`),
  ]
}

function movesOf({ failovers, retries, limit_refusals: refused, providers }: SimulationReport): string[] {
  const hedges = providers.reduce((sum, provider) => sum + provider.hedges, 0)
  return [
    `failovers: ${moves(failovers, ({ from, to, reason }) => `${from} to ${to} after ${reason}`)}`,
    `retries: ${moves(retries, ({ provider, reason }) => `${provider} (${String(reason).replace('_', ' ')})`)}`,
    ...(hedges > 0 ? [`hedges: ${count(hedges)}`] : []),
    `refused at the rate limits of all providers: ${count(refused)}`,
  ]
}

function moves(counted: readonly Counted[], describe: (one: Counted) => string): string {
  const total = counted.reduce((sum, one) => sum + one.count, 0)
  if (total === 0) return 'none'
  return [count(total), ...counted.map(one => `  ${count(one.count)}  ${describe(one)}`)].join('\n')
}

function costOf({ cost, providers }: SimulationReport): string[] {
  if (providers.every(({ usd, attempts }) => usd === null || attempts === 0))
    return ['cost: unknown, since no provider that was called has a price']
  const per = cost.per_1000_answers
  const unpriced =
    cost.unpriced.length > 0 ? `, without ${cost.unpriced.join(', ')}, whose prices are unknown` : ''
  const each = per === null ? '' : `, ${shownUsd(per)} per 1,000 answers`
  return [
    `cost: ${shownUsd(cost.usd)}${each}; ${shownUsd(cost.wasted_usd)} for answers that nobody used${unpriced}`,
  ]
}

/** Lines that are logged more often come first; beyond a dozen they say little. */
const mostLines = 12

function logOf({ log }: SimulationReport): string[] {
  if (log.length === 0) return []
  const lines = log.slice(0, mostLines).map(({ message, provider, reason, count: times }) => {
    const about = [provider, reason].filter(Boolean).join(', ')
    return `  ${count(times)}  ${message}${about === '' ? '' : ` (${about})`}`
  })
  return ['warnings in the log:', ...lines]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return tableLines([head, ...rows], { numbersFrom: 1 })
}

function percentiles({ mean, p50, p95, p99, max }: Percentiles): string[] {
  return [mean, p50, p95, p99, max].map(number)
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, times]) => `${name} ${count(times)}`)
    .join(', ')
}

function number(value: number | null): string {
  return value === null ? '-' : Math.round(value).toLocaleString('en-US')
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
