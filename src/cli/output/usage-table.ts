import type { UsageGroup, UsageRow } from '../../ledger/ledger.ts'
import { shownUsd } from './shown-usd.ts'

const figures = ['requests', 'failed', 'calls', 'prompt', 'completion', 'wasted'] as const
const costs = ['cost', 'wasted_cost'] as const

/** Usage as a table for people; costs are in USD, and a dash is a cost that is unknown. */
export function renderUsage(groups: readonly UsageGroup[], rows: readonly UsageRow[]): string {
  if (rows.length === 0) return 'The ledger has no requests of that time.\n'
  const head = [...groups, ...figures.slice(0, -1), 'wasted tokens', 'cost', 'wasted cost']
  const body = rows.map(row => [
    ...groups.map(group => row[group] ?? '-'),
    ...figures.map(name => (row[name] ?? 0).toLocaleString('en-US')),
    ...costs.map(name => shownUsd(row[name])),
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(row => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < groups.length ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  return [head, ...body].map(row => `${line(row)}\n`).join('')
}
