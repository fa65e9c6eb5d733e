import { callColumns, requestColumns, textColumns } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { schemaName } from './database.ts'
import type { Database, Query } from './database.ts'

/** Waits for others that change tables, until the end of the transaction: of servers that start at once, one migrates. */
export const lockTables = 'SELECT pg_advisory_xact_lock(1752525165)'

/** Milliseconds that a step of a migration may take: it may rewrite all that is kept. */
const migrationMs = 300_000

/** Names are compared by their bytes: as in SQLite, and quicker than in any language. */
function typed(name: string): string {
  return textColumns.has(name) ? `${name} text COLLATE "C"` : `${name} ${numberType(name)}`
}

/** All numbers of this program fit a double, which never overflows when they are added up. */
function numberType(name: string): string {
  return name === 'at' || name === 'n' || name === 'parent' ? 'bigint' : 'double precision'
}

const names = ['client', 'chain', 'provider', 'model']
const namesNotNull = names.map(name => `${typed(name)} NOT NULL`).join(', ')

/** Half of each page is left for the next versions of its rows, which change with every batch. */
function usageTable(table: string, unit: string): string {
  return `CREATE TABLE ${table} (${unit} bigint NOT NULL, ${namesNotNull}, ${usageSums.map(typed).join(', ')},
    PRIMARY KEY (${unit}, ${names.join(', ')})) WITH (fillfactor = 50)`
}

/**
 * The steps from one version of the schema to the next; the first makes an empty database one of version 1. A step never
 * changes once it is published. Requests are partitioned by the day in UTC on which they started.
 */
const migrations: readonly string[] = [
  `CREATE SEQUENCE blocks;
   CREATE TABLE requests (seq bigint NOT NULL, ${requestColumns.map(typed).join(', ')}, PRIMARY KEY (at, seq))
     PARTITION BY RANGE (at);
   CREATE INDEX ON requests (id);
   CREATE INDEX ON requests (client, at, seq) WHERE client IS NOT NULL;
   CREATE INDEX ON requests (chain, at, seq);
   CREATE INDEX ON requests (model, at, seq);
   CREATE INDEX ON requests (provider, at, seq);
   CREATE INDEX ON requests (code, at, seq) WHERE code IS NOT NULL;
   CREATE INDEX ON requests (at, seq) WHERE code IS NOT NULL;
   CREATE TABLE calls (
     at bigint NOT NULL, request bigint NOT NULL, ${callColumns.map(typed).join(', ')}, PRIMARY KEY (at, request, n)
   ) PARTITION BY RANGE (at);
   ${usageTable('usage', 'hour')};
   ${usageTable('usage_days', 'day')};
   CREATE TABLE clients (
     name text COLLATE "C" PRIMARY KEY, fields text NOT NULL, hash text NOT NULL UNIQUE, role text NOT NULL, ends_at bigint,
     previous text, previous_until bigint, created_at bigint NOT NULL, rotated_at bigint
   );
   CREATE TABLE clients_revision (revision bigint NOT NULL);
   INSERT INTO clients_revision VALUES (0)`,
  // The calls of later requests. Those of earlier ones stay rows of `calls`: to rewrite what is kept would stop all servers.
  `ALTER TABLE requests ADD COLUMN ${typed('tree')}`,
]

/** The SQLSTATE of a statement for which the user lacks a right. */
const insufficientPrivilege = '42501'

/** The version of the schema that this program writes. */
export const schemaVersion = migrations.length

/** Brings a database to the current version, in one transaction. Throws if a newer program has written it. */
export async function migrate(database: Database): Promise<void> {
  try {
    await migrateOrRefuse(database)
  } catch (error) {
    if ((error as { code?: unknown }).code !== insufficientPrivilege) throw error
    const remedy = `the user of ledger.url needs CREATE on the database, or to own the schema ${schemaName} and all in it`
    throw new Error(`${(error as Error).message}; ${remedy}`, { cause: error })
  }
}

async function migrateOrRefuse(database: Database): Promise<void> {
  if ((await database.transaction({ statementMs: 5_000, isReadOnly: true }, versionOf)) === schemaVersion)
    return
  await database.transaction({ statementMs: migrationMs }, async query => {
    await query(lockTables)
    await createSchema(query)
    // Another server may have done it meanwhile.
    for (const step of migrations.slice(await versionOf(query))) await query(step)
    await query('DELETE FROM version')
    await query('INSERT INTO version VALUES ($1)', [schemaVersion])
  })
}

async function createSchema(query: Query): Promise<void> {
  const [found] = await query(
    `SELECT to_regnamespace('${schemaName}') AS schema, current_setting('server_encoding') AS encoding`,
  )
  if (found?.['encoding'] !== 'UTF8') throw new Error('the encoding of the database must be UTF8')
  // Not IF NOT EXISTS, which asks for the right to create one even if it exists.
  if (found['schema'] === null) await query(`CREATE SCHEMA ${schemaName}`)
  await query('CREATE TABLE IF NOT EXISTS version (version integer NOT NULL)')
}

/** The version of the schema of a database; 0 if it is empty. Throws if it is newer than this program. */
async function versionOf(query: Query): Promise<number> {
  const [table] = await query("SELECT to_regclass('version') AS name")
  if (table?.['name'] === null) return 0
  const [row] = await query('SELECT version FROM version')
  const version = Number(row?.['version'] ?? 0)
  if (version <= schemaVersion) return version
  throw new Error(
    `it was written by a newer version of this program (schema ${version}, not ${schemaVersion})`,
  )
}
