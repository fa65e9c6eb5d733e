import type { DatabaseSync } from 'node:sqlite'
import { callColumns, entryColumns, requestColumns } from '../columns.ts'
import type { CallRow, RequestRow, Value } from '../columns.ts'
import { filterColumns, usageSums } from '../ledger.ts'
import type {
  RecordedRequest,
  RequestPage,
  RequestQuery,
  UsageGroup,
  UsageQuery,
  UsageRow,
} from '../ledger.ts'
import { callsOf } from '../tree.ts'
import { shownUsage, unitOf } from '../usage/units.ts'
import type { Unit } from '../usage/units.ts'

/** Reads a page of requests, newest first. An index leads to it, so that it stays quick however many there are. */
export function readRequests(database: DatabaseSync, query: RequestQuery): RequestPage {
  const { sql, values } = conditionsOf(query)
  const select = `SELECT seq, ${requestColumns.join(', ')} FROM requests ${sql} ORDER BY at DESC, seq DESC LIMIT ?`
  // One more than asked for shows whether there are more.
  const rows = database.prepare(select).all(...values, query.limit + 1)
  const shown = rows.slice(0, query.limit)
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  return {
    rows: shown.map(row => requestOf(row)),
    next: last && { at: Number(last['at']), seq: Number(last['seq']) },
  }
}

function conditionsOf({ equal, failed, since, until, after }: RequestQuery): {
  sql: string
  values: Value[]
} {
  const conditions: string[] = []
  const values: Value[] = []
  const add = (condition: string, ...its: Value[]): void => {
    conditions.push(condition)
    values.push(...its)
  }
  for (const name of filterColumns) {
    const value = equal[name]
    if (value !== undefined) add(`${name} = ?`, value)
  }
  if (failed !== undefined) add(failed ? 'code IS NOT NULL' : 'code IS NULL')
  if (since !== undefined) add('at >= ?', since)
  if (until !== undefined) add('at < ?', until)
  if (after) add('at <= ? AND (at < ? OR seq < ?)', after.at, after.at, after.seq)
  return { sql: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values }
}

/** Reads the newest request with an id, and its calls. */
export function readRequest(database: DatabaseSync, id: string): RecordedRequest | undefined {
  const select = `SELECT seq, ${entryColumns.join(', ')} FROM requests WHERE id = ? ORDER BY seq DESC LIMIT 1`
  const row = database.prepare(select).get(id)
  if (!row) return undefined
  const { seq, tree, ...columns } = row
  const request = columns as unknown as RequestRow
  const calls = typeof tree === 'string' ? callsOf(tree, request) : earlierCalls(database, Number(seq))
  return { request, calls }
}

/** The calls of a request that is older than its column for them. */
function earlierCalls(database: DatabaseSync, seq: number): CallRow[] {
  const calls = database
    .prepare(`SELECT ${callColumns.join(', ')} FROM calls WHERE request = ? ORDER BY n`)
    .all(seq)
  return calls.map(call => ({ ...call }) as unknown as CallRow)
}

/** Reads the sums of usage by any of its groups, in their order. Whole hours are counted. */
export function readUsage(database: DatabaseSync, query: UsageQuery): UsageRow[] {
  const { by, since = 0, until = Number.MAX_SAFE_INTEGER } = query
  const unit = unitOf(query)
  const groups = by.map(name => `${columnOf(name, unit)} AS ${name}`)
  const sums = usageSums.map(name => `${sumOf(name)} AS ${name}`)
  // By their places: a name would be that of a column.
  const places = by.map((_name, index) => index + 1).join(', ')
  const order = by.length === 0 ? '' : `GROUP BY ${places} ORDER BY ${places}`
  const rows = database
    .prepare(
      `SELECT ${[...groups, ...sums].join(', ')} FROM ${unit.table} WHERE ${unit.column} >= ? AND ${unit.column} < ?
       ${order}`,
    )
    .all(Math.floor(since / unit.ms), Math.ceil(until / unit.ms))
  return shownUsage(rows, unit)
}

/** A cost is null if none is known, and has no more digits than those that it is the sum of. */
function sumOf(name: string): string {
  return name.endsWith('cost') ? `round(sum(${name}), 10)` : `total(${name})`
}

function columnOf(name: UsageGroup, unit: Unit): string {
  if (name === 'hour' || name === 'day') return unit.expressions[name]
  return `nullif(${name}, '')`
}

function requestOf({ seq: _seq, ...columns }: Record<string, unknown>): RequestRow {
  return columns as unknown as RequestRow
}
