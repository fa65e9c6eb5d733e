import { callColumns, entryColumns, requestColumns } from '../columns.ts'
import type { CallRow, RequestRow } from '../columns.ts'
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
import { cleanText } from './clean.ts'
import type { Query, Row } from './database.ts'

/** Reads a page of requests, newest first: an index of each day leads to it, and days that it does not reach are not read. */
export async function readRequests(query: Query, asked: RequestQuery): Promise<RequestPage> {
  const { sql, values } = conditionsOf(asked)
  // One more than asked for shows whether there are more.
  const rows = await query(
    `SELECT seq, ${requestColumns.join(', ')} FROM requests ${sql} ORDER BY at DESC, seq DESC LIMIT ${asked.limit + 1}`,
    values,
  )
  const shown = rows.slice(0, asked.limit)
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  return { rows: shown.map(requestOf), next: last && { at: Number(last['at']), seq: Number(last['seq']) } }
}

function conditionsOf({ equal, failed, since, until, after }: RequestQuery): {
  readonly sql: string
  readonly values: readonly unknown[]
} {
  const conditions: string[] = []
  const values: unknown[] = []
  const place = (value: unknown): string => `$${values.push(value)}`
  for (const name of filterColumns) {
    const value = equal[name]
    if (value !== undefined) conditions.push(`${name} = ${place(cleanText(value))}`)
  }
  if (failed !== undefined) conditions.push(failed ? 'code IS NOT NULL' : 'code IS NULL')
  if (since !== undefined) conditions.push(`at >= ${place(since)}`)
  if (until !== undefined) conditions.push(`at < ${place(until)}`)
  // The first condition excludes whole days, the second the rest.
  if (after)
    conditions.push(`at <= ${place(after.at)}`, `(at, seq) < (${place(after.at)}, ${place(after.seq)})`)
  return { sql: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values }
}

/** Reads the newest request with an id, and its calls. */
export async function readRequest(query: Query, id: string): Promise<RecordedRequest | undefined> {
  const [row] = await query(
    `SELECT seq, ${entryColumns.join(', ')} FROM requests WHERE id = $1 ORDER BY seq DESC LIMIT 1`,
    [cleanText(id)],
  )
  if (!row) return undefined
  const { seq, tree, ...columns } = row
  const request = columns as unknown as RequestRow
  const calls = typeof tree === 'string' ? callsOf(tree, request) : await earlierCalls(query, request.at, seq)
  return { request, calls }
}

/** The calls of a request that is older than its column for them. */
async function earlierCalls(query: Query, at: unknown, seq: unknown): Promise<CallRow[]> {
  const calls = await query(
    `SELECT ${callColumns.join(', ')} FROM calls WHERE at = $1 AND request = $2 ORDER BY n`,
    [at, seq],
  )
  return calls as readonly unknown[] as CallRow[]
}

function requestOf({ seq: _seq, ...columns }: Row): RequestRow {
  return columns as unknown as RequestRow
}

/** Reads the sums of usage by any of its groups, in their order. Whole hours are counted. */
export async function readUsage(query: Query, asked: UsageQuery): Promise<UsageRow[]> {
  const { by, since = 0, until = Number.MAX_SAFE_INTEGER } = asked
  const unit = unitOf(asked)
  const groups = by.map(name => `${columnOf(name, unit)} AS ${name}`)
  const sums = usageSums.map(name => `${sumOf(name)} AS ${name}`)
  const places = by.map((_name, index) => index + 1)
  const rows = await query(
    `SELECT ${[...groups, ...sums].join(', ')} FROM ${unit.table} WHERE ${unit.column} >= $1 AND ${unit.column} < $2
     ${by.length === 0 ? '' : `GROUP BY ${places.join(', ')} ORDER BY ${places.map(place => `${place} NULLS FIRST`).join(', ')}`}`,
    [Math.floor(since / unit.ms), Math.ceil(until / unit.ms)],
  )
  return shownUsage(rows, unit)
}

function columnOf(name: UsageGroup, unit: Unit): string {
  if (name === 'hour' || name === 'day') return unit.expressions[name]
  return `nullif(${name}, '')`
}

/** A cost is null if none is known, and has no more digits than those that it is the sum of. */
function sumOf(name: string): string {
  return name.endsWith('cost') ? `round(sum(${name})::numeric, 10)::float8` : `coalesce(sum(${name}), 0)`
}
