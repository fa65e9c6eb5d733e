import { dayMs } from '../usage/usage-delta.ts'
import type { Database, Query } from './database.ts'
import { lockTables } from './schema.ts'

/** The table that has a partition for each day. */
const table = 'requests'
/** The tables that may have one: until version 2 of the schema, calls were rows of their own. */
const partitioned = [table, 'calls'] as const

/** The days whose partitions exist, as far as this process knows: another one may have dropped them. */
export class Partitions {
  readonly #database: Database
  readonly #known = new Set<number>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Creates the partitions of days, numbered from 1970, that do not exist yet. */
  async ensure(days: Iterable<number>): Promise<void> {
    const unknown = [...new Set(days)].filter(day => !this.#known.has(day))
    if (unknown.length === 0) return
    await this.#database.transaction({ statementMs: 30_000 }, async query => {
      await query(lockTables)
      for (const day of unknown) await create(query, day)
    })
    for (const day of unknown) this.#known.add(day)
  }

  /** Forgets what is known, because it was wrong. */
  forget(): void {
    this.#known.clear()
  }
}

async function create(query: Query, day: number): Promise<void> {
  const name = partitionOf(table, day)
  const [found] = await query('SELECT to_regclass($1) AS name', [name])
  if (found?.['name'] !== null) return
  // Attached once it is complete: PARTITION OF would wait for all who read, and let nobody else in meanwhile.
  await query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`)
  await query(
    `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${day * dayMs}) TO (${(day + 1) * dayMs})`,
  )
}

function partitionOf(parent: string, day: number): string {
  return `${parent}_${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`
}

/** A day that has partitions, and the bytes of these. */
export interface PartitionedDay {
  readonly day: number
  readonly bytes: number
}

/** The days that have partitions, the oldest first. */
export async function partitionedDays(query: Query): Promise<PartitionedDay[]> {
  const rows = await query(
    `SELECT substring(relname FROM '_(\\d{8})$') AS day, sum(pg_total_relation_size(pg_class.oid)) AS bytes
     FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent IN (${partitioned.map(parent => `'${parent}'::regclass`).join(', ')}) AND relname ~ '_\\d{8}$'
     GROUP BY 1 ORDER BY 1`,
  )
  return rows.map(({ day, bytes }) => ({ day: dayOf(day as string), bytes: Number(bytes) }))
}

function dayOf(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6))) / dayMs
}

/** Drops the partitions of a day. */
export async function dropDay(query: Query, day: number): Promise<void> {
  await query(`DROP TABLE IF EXISTS ${partitioned.map(parent => partitionOf(parent, day)).join(', ')}`)
}
