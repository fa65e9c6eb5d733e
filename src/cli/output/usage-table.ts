import type { UsageGroup, UsageRow } from '../../ledger/ledger.ts'
import { shownUsd } from './shown-usd.ts'
import { tableLines } from './table.ts'

const figures = ['requests', 'failed', 'calls', 'prompt', 'completion', 'wasted'] as const
const costs = ['cost', 'wasted_cost'] as const

/** Usage as a table for people; costs are in USD, and a dash is a figure that is unknown. */
export function renderUsage(groups: readonly UsageGroup[], rows: readonly UsageRow[]): string {
  if (rows.length === 0) return 'The ledger has no requests of that time.\n'
  const head = [...groups, ...figures.slice(0, -1), 'wasted tokens', 'cost', 'wasted cost']
  const body = rows.map(row => [
    ...groups.map(group => row[group] ?? '-'),
    ...figures.map(name => row[name]?.toLocaleString('en-US') ?? '-'),
    ...costs.map(name => shownUsd(row[name])),
  ])
  return `${tableLines([head, ...body], { numbersFrom: groups.length }).join('\n')}\n`
}
