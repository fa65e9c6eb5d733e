import { filterColumns } from '../../ledger/ledger.ts'
import type { Ledger, Position } from '../../ledger/ledger.ts'
import { invalid, parametersOf, timeOf } from './query.ts'
import { shownRequest } from './shown-request.ts'

const parameters = [...filterColumns, 'failed', 'since', 'until', 'limit', 'cursor']
const defaultLimit = 50
const maxLimit = 1000

/** Answers `GET /requests`: a page of requests, newest first, and the cursor of the next page. */
export async function listRequests(ledger: Ledger, query: unknown) {
  const given = parametersOf(query, parameters)
  const equal = Object.fromEntries(
    filterColumns.flatMap(name => (given.has(name) ? [[name, given.get(name)!]] : [])),
  )
  const { rows, next } = await ledger.requests({
    equal,
    failed: flagOf(given, 'failed'),
    since: timeOf(given, 'since'),
    until: timeOf(given, 'until'),
    limit: limitOf(given.get('limit')),
    after: positionOf(given.get('cursor')),
  })
  return {
    object: 'list',
    data: rows.map(shownRequest),
    has_more: next !== undefined,
    next_cursor: next ? `${next.at}-${next.seq}` : null,
  }
}

function flagOf(given: ReadonlyMap<string, string>, name: string): boolean | undefined {
  const text = given.get(name)
  if (text === undefined || text === 'true' || text === 'false')
    return text === undefined ? undefined : text === 'true'
  throw invalid(name, 'expected true or false')
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? defaultLimit : Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit
  throw invalid('limit', `expected a whole number from 1 to ${maxLimit}`)
}

function positionOf(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined
  const [, at, seq] = /^(\d{1,15})-(\d{1,15})$/.exec(cursor) ?? []
  if (at === undefined) throw invalid('cursor', 'expected the next_cursor of an earlier page')
  return { at: Number(at), seq: Number(seq) }
}
