import type { DatabaseSync } from 'node:sqlite'
import type { Retention } from '../retention.ts'
import { valueOf } from './schema.ts'
import { inTransaction } from './transaction.ts'
import { dayMs, hourMs } from '../usage/usage-delta.ts'

/** Requests deleted in one transaction, so that no write waits for long. */
const portion = 2_000

/**
 * Deletes a portion of what is too old or too much, oldest first, and releases its space. Returns whether there is more to
 * delete.
 */
export function prune(
  database: DatabaseSync,
  { days, usageDays, maxBytes }: Retention,
  now = Date.now(),
): boolean {
  const oldest = now - days * dayMs
  const expired = deleteRequests(database, 'at < ?', oldest)
  const surplus = usedBytes(database) > maxBytes ? deleteSurplus(database, now) : 0
  database.prepare('DELETE FROM usage WHERE hour < ?').run(Math.floor((now - usageDays * dayMs) / hourMs))
  database.prepare('DELETE FROM usage_days WHERE day < ?').run(Math.floor((now - usageDays * dayMs) / dayMs))
  if (expired + surplus > 0) database.exec('PRAGMA incremental_vacuum')
  return expired === portion || (surplus > 0 && usedBytes(database) > maxBytes)
}

/**
 * Deletes the oldest requests, or sums if those take more rows: clients make up names of models, and each has sums of its
 * own. Sums without tokens go first, as such names have none. Returns the number of rows.
 */
function deleteSurplus(database: DatabaseSync, now: number): number {
  const [requests, ...sums] = ['requests', 'usage', 'usage_days'].map(table => rowsIn(database, table))
  if (sums.reduce((all, rows) => all + rows) <= requests!) return deleteRequests(database, 'at <= ?', now)
  return deleteSums(database, 'prompt = 0 AND completion = 0') || deleteSums(database, 'true')
}

/** Deletes sums that match, of hours rather than of days; returns their number. */
function deleteSums(database: DatabaseSync, condition: string): number {
  for (const [table, unit] of [
    ['usage', 'hour'],
    ['usage_days', 'day'],
  ] as const) {
    const key = `${unit}, client, chain, provider, model`
    const chosen = `SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${unit} LIMIT ${portion}`
    const { changes } = database.prepare(`DELETE FROM ${table} WHERE (${key}) IN (${chosen})`).run()
    if (Number(changes) > 0) return Number(changes)
  }
  return 0
}

function rowsIn(database: DatabaseSync, table: string): number {
  return Number(valueOf(database, `SELECT count(*) FROM ${table}`))
}

/** Deletes the oldest requests that match, with their calls; returns their number. */
function deleteRequests(database: DatabaseSync, condition: string, value: number): number {
  return inTransaction(database, () => {
    const chosen = `SELECT seq FROM requests WHERE ${condition} ORDER BY at LIMIT ${portion}`
    database.prepare(`DELETE FROM calls WHERE request IN (${chosen})`).run(value)
    const { changes } = database.prepare(`DELETE FROM requests WHERE seq IN (${chosen})`).run(value)
    return Number(changes)
  })
}

/** Bytes of the pages in use; those of deleted rows are free to be used again. */
export function usedBytes(database: DatabaseSync): number {
  const pages =
    Number(valueOf(database, 'PRAGMA page_count')) - Number(valueOf(database, 'PRAGMA freelist_count'))
  return pages * Number(valueOf(database, 'PRAGMA page_size'))
}
