import { HulumanageError } from '../../contract/index.ts'
import { renderUsage } from '../output/usage-table.ts'
import type { Invocation } from '../program.ts'
import { openReader } from '../ledger/open-reader.ts'
import { usageCsv } from '../../server/ledger/show-usage.ts'

/** Prints the sums of requests, tokens and cost in the ledger of a server or configuration, as a table, CSV or JSON. */
export async function usage({ values }: Invocation): Promise<void> {
  const { by, since, until, csv = false, json = false, ...flags } = values
  if (csv === true && json === true)
    throw new HulumanageError('invalid_value', 'usage prints either --csv or --json; leave one out')
  const given = Object.entries({ by, since, until }).filter(([, value]) => value !== undefined)
  const reader = await openReader(flags)
  const { groups, rows } = await reader.usage(Object.fromEntries(given) as Record<string, string>)
  const table = () => (csv === true ? usageCsv(groups, rows) : renderUsage(groups, rows))
  process.stdout.write(json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : table())
}
