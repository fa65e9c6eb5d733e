import type { Retention } from '../retention.ts'
import { dayMs, hourMs } from '../usage/usage-delta.ts'
import type { Database, Query } from './database.ts'
import { dropDay, partitionedDays } from './partitions.ts'
import type { PartitionedDay } from './partitions.ts'

/** The key of the advisory lock that a server holds while it deletes. */
export const deletionLock = 1_752_525_166
/** Limits of a deletion: it gives way to whoever reads, and the next one has another chance. */
const limits = { statementMs: 30_000, lockMs: 2_000 }
/** Bytes of a row of usage, with its index; a tenth of `maxBytes` is theirs. */
const usageRowBytes = 300

/**
 * Deletes what is too old or too much, oldest first. Requests leave by whole days; the newest day stays, however large it
 * is. Of several servers, one deletes at a time.
 */
export async function prune(database: Database, retention: Retention, now = Date.now()): Promise<void> {
  const expired = await database.transaction({ ...limits, isReadOnly: true }, async query =>
    expiredDays(await partitionedDays(query), await usageBytes(query), retention, now),
  )
  for (const day of expired) await alone(database, query => dropDay(query, day))
  await alone(database, query => pruneUsage(query, retention, now))
}

/** The days to drop: those that ended too long ago, and then the oldest while there are too many bytes. */
function expiredDays(
  days: readonly PartitionedDay[],
  otherBytes: number,
  { days: keptDays, maxBytes }: Retention,
  now: number,
): number[] {
  const oldest = now - keptDays * dayMs
  let bytes = days.reduce((sum, one) => sum + one.bytes, otherBytes)
  const newest = days.findLast(({ day }) => day * dayMs <= now)?.day ?? Infinity
  const expired: number[] = []
  for (const { day, bytes: its } of days) {
    const isOld = (day + 1) * dayMs <= oldest
    const isSurplus = bytes > maxBytes && day < newest
    if (!isOld && !isSurplus) break
    expired.push(day)
    bytes -= its
  }
  return expired
}

async function usageBytes(query: Query): Promise<number> {
  const [row] = await query(
    "SELECT pg_total_relation_size('usage') + pg_total_relation_size('usage_days') AS bytes",
  )
  return Number(row?.['bytes'])
}

async function pruneUsage(query: Query, { usageDays, maxBytes }: Retention, now: number): Promise<void> {
  const oldest = now - usageDays * dayMs
  for (const [table, unit, ms] of [
    ['usage', 'hour', hourMs],
    ['usage_days', 'day', dayMs],
  ] as const) {
    await query(`DELETE FROM ${table} WHERE ${unit} < $1`, [Math.floor(oldest / ms)])
    await deleteSurplus(query, table, unit, Math.ceil(maxBytes / 10 / usageRowBytes))
  }
}

/**
 * Deletes sums beyond a number of rows: clients make up names of models, and each has sums of its own. Those without tokens
 * go first, as such names have none.
 */
async function deleteSurplus(query: Query, table: string, unit: string, maxRows: number): Promise<void> {
  const [row] = await query(`SELECT count(*) AS rows FROM ${table}`)
  const surplus = Number(row?.['rows']) - maxRows
  if (surplus <= 0) return
  await query(
    `DELETE FROM ${table} WHERE ctid IN (
       SELECT ctid FROM ${table} ORDER BY (prompt = 0 AND completion = 0) DESC, ${unit} LIMIT $1)`,
    [surplus],
  )
}

/** Runs `work` unless another server is at it. */
async function alone(database: Database, work: (query: Query) => Promise<void>): Promise<void> {
  await database.transaction(limits, async query => {
    const [row] = await query(`SELECT pg_try_advisory_xact_lock(${deletionLock})::int AS free`)
    if (row?.['free'] === 1) await work(query)
  })
}
