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

/**
 * Writes the times of rows of usage in words. Changes the rows in place: copying many thousands takes as long as reading
 * them.
 */
export function shownUsage(rows: readonly Record<string, unknown>[], { ms }: Unit): UsageRow[] {
  const [first = {}] = rows
  const [hasDays, hasHours] = ['day' in first, 'hour' in first]
  for (const row of rows) {
    if (hasDays) row['day'] = new Date(Number(row['day']) * dayMs).toISOString().slice(0, 10)
    if (hasHours) row['hour'] = new Date(Number(row['hour']) * ms).toISOString().replace('.000Z', 'Z')
  }
  return rows as unknown as UsageRow[]
}
