import type { UsageQuery, UsageRow } from '../ledger.ts'
import { dayMs, hourMs } from './usage-delta.ts'

/** The tables of usage: by the hour, and by the day for queries that need no hours. */
const units = {
  hours: { table: 'usage', column: 'hour', ms: hourMs, expressions: { hour: 'hour', day: 'hour / 24' } },
  // A query by the hour reads the other table.
  days: { table: 'usage_days', column: 'day', ms: dayMs, expressions: { hour: 'day * 24', day: 'day' } },
} as const

/** A table of usage. Its expressions are numbers for a time, which are quick to group by. */
export type Unit = (typeof units)[keyof typeof units]

/** The table to read for a query. */
export function unitOf({ by, since = 0, until = 0 }: UsageQuery): Unit {
  const needsHours = by.includes('hour') || since % dayMs !== 0 || until % dayMs !== 0
  return needsHours ? units.hours : units.days
}

/** A row of usage whose groups are called `by_...`, with its times in words. */
export function shownUsage(row: Readonly<Record<string, unknown>>, unit: Unit): UsageRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replace(/^by_/, ''), valueOf(name, value, unit)]),
  ) as UsageRow
}

function valueOf(name: string, value: unknown, unit: Unit): unknown {
  if (name === 'by_day') return new Date(Number(value) * dayMs).toISOString().slice(0, 10)
  if (name === 'by_hour') return new Date(Number(value) * unit.ms).toISOString().replace('.000Z', 'Z')
  return value
}
