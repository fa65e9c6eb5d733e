import { entryColumns, textColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { UsageDelta } from '../usage/usage-delta.ts'
import { cleanSums } from './clean.ts'
import type { Query } from './database.ts'
import { blockSize } from './write-batch.ts'
import type { WriteBatch } from './write-batch.ts'

const bigints: ReadonlySet<string> = new Set(['seq', 'at', 'hour', 'day'])
const keys = ['client', 'chain', 'provider', 'model']
const insertRequests = insertion('requests', ['seq', ...entryColumns])
const addHours = addition('usage', 'hour')
const addDays = addition('usage_days', 'day')

/** Writes batches within a transaction, each at most once, with the sums that they add to the usage. */
export async function writeBatches(query: Query, batches: readonly WriteBatch[]): Promise<void> {
  const rows: Value[][] = []
  const usage = new UsageDelta(cleanSums)
  for (const batch of batches) {
    if (batch.isInDoubt && (await isWritten(query, batch))) continue
    batch.block ??= await nextBlock(query)
    batch.addTo(rows, usage)
  }
  if (rows.length === 0) return
  // As one text of JSON: it is made as quickly as a message to a thread would be, and needs no parameter for each value.
  await query(insertRequests, [JSON.stringify(rows)])
  await query(addHours, [JSON.stringify([...usage.rows()])])
  await query(addDays, [JSON.stringify([...usage.byDay().rows()])])
}

/** Whether an earlier attempt has written a batch although it seemed to fail: its connection broke at the commit. */
async function isWritten(query: Query, { block, firstTime }: WriteBatch): Promise<boolean> {
  if (block === undefined) return false
  const values = [firstTime, block * blockSize]
  return (await query('SELECT FROM requests WHERE at = $1 AND seq = $2', values)).length > 0
}

async function nextBlock(query: Query): Promise<number> {
  const [row] = await query("SELECT nextval('blocks') AS block")
  return Number(row?.['block'])
}

/** Inserts the rows of its only parameter, an array of arrays as JSON. */
function insertion(table: string, columns: readonly string[]): string {
  const values = columns.map((name, index) => `(r->>${index})${castOf(name)}`)
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM jsonb_array_elements($1::jsonb) AS r`
}

function castOf(name: string): string {
  if (textColumns.has(name)) return ''
  return bigints.has(name) ? '::bigint' : '::double precision'
}

/**
 * Adds to the sums of groups of usage. A sum stays null while nothing is known: no price does not mean a cost of 0. All
 * servers take the rows in the same order, so that none waits for another that waits for it.
 */
function addition(table: string, unit: string): string {
  const columns = [unit, ...keys, ...usageSums]
  const sums = usageSums.map(
    name => `${name} = coalesce(${table}.${name} + excluded.${name}, ${table}.${name}, excluded.${name})`,
  )
  return `${insertion(table, columns)} ORDER BY r
    ON CONFLICT (${[unit, ...keys].join(', ')}) DO UPDATE SET ${sums.join(', ')}`
}
