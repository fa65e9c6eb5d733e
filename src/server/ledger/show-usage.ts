import { usageGroups, usageSums } from '../../ledger/ledger.ts'
import type { Ledger, UsageGroup, UsageRow } from '../../ledger/ledger.ts'
import { csvOf } from './csv.ts'
import { invalid, parametersOf, timeOf } from './query.ts'

const parameters = ['by', 'since', 'until', 'format']

/** Answers `GET /usage`: sums by day, model and so on, as JSON or CSV. */
export async function showUsage(
  ledger: Ledger,
  query: unknown,
  accept = '',
): Promise<{ readonly type: string; readonly body: string }> {
  const given = parametersOf(query, parameters)
  const { groups, rows } = await usageOf(ledger, given)
  const format = given.get('format') ?? (/^text\/csv\b/.test(accept) ? 'csv' : 'json')
  if (format === 'csv') return { type: 'text/csv; charset=utf-8', body: usageCsv(groups, rows) }
  if (format !== 'json') throw invalid('format', 'expected json or csv')
  return { type: 'application/json', body: JSON.stringify({ object: 'list', data: rows }) }
}

/** The usage for the parameters `by`, `since` and `until`. Throws `invalid_value` for a wrong one. */
export async function readUsage(ledger: Ledger, query: object): Promise<GroupedUsage> {
  return await usageOf(ledger, parametersOf(query, ['by', 'since', 'until']))
}

interface GroupedUsage {
  readonly groups: readonly UsageGroup[]
  readonly rows: readonly UsageRow[]
}

async function usageOf(ledger: Ledger, given: ReadonlyMap<string, string>): Promise<GroupedUsage> {
  const groups = groupsOf(given.get('by'))
  const [since, until] = [timeOf(given, 'since'), timeOf(given, 'until')]
  return { groups, rows: await ledger.usage({ by: groups, since, until }) }
}

/** Reads a list such as `day,model`; by day if it is missing. Throws `invalid_value` for an unknown group. */
export function groupsOf(text = 'day'): UsageGroup[] {
  const names = [...new Set(text.split(',').map(name => name.trim()))]
  return names.map(name => {
    const group = usageGroups.find(one => one === name)
    if (group === undefined)
      throw invalid('by', `expected some of ${usageGroups.join(', ')}, separated by commas`)
    return group
  })
}

/** Usage as CSV with a line of column names. */
export function usageCsv(by: readonly UsageGroup[], rows: readonly UsageRow[]): string {
  const columns = [...by, ...usageSums]
  return csvOf(
    columns,
    rows.map(row => columns.map(column => row[column] ?? null)),
  )
}
