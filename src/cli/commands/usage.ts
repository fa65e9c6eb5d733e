import { HulumanageError } from '../../contract/index.ts'
import { renderUsage } from '../output/usage-table.ts'
import type { Invocation } from '../program.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import { readUsage, usageCsv } from '../../server/ledger/show-usage.ts'

/** Prints the sums of requests, tokens and cost that the ledger has, as a table, CSV or JSON. */
export async function usage({ values }: Invocation): Promise<void> {
  const { by, since, until, csv = false, json = false, ...flags } = values
  if (csv === true && json === true)
    throw new HulumanageError('invalid_value', 'usage prints either --csv or --json; leave one out')
  const query = {
    by: by ?? 'day',
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
  const text = await withLedger(flags, async ledger => {
    const { groups, rows } = await readUsage(ledger, query)
    if (json === true) return `${JSON.stringify(rows, undefined, 2)}\n`
    return csv === true ? usageCsv(groups, rows) : renderUsage(groups, rows)
  })
  process.stdout.write(text)
}
