import type { DatabaseSync } from 'node:sqlite'
import { callColumns, requestColumns, textColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { inTransaction } from './transaction.ts'

function typed(name: string): string {
  if (textColumns.has(name)) return `${name} TEXT`
  return `${name} ${name.endsWith('cost') ? 'REAL' : 'INTEGER'}`
}

/** Columns that were added later, to tables that the first steps create. */
const added: ReadonlySet<string> = new Set(['answer_ms', 'path_ms', 'compared', 'changed'])
const firstRequestColumns = requestColumns.filter(name => !added.has(name))
const firstSums = usageSums.filter(name => !added.has(name))

function addColumns(table: string, names: readonly string[]): string {
  return names.map(name => `ALTER TABLE ${table} ADD COLUMN ${typed(name)};`).join('\n')
}

/**
 * The steps from one version of the schema to the next; the first makes an empty database one of version 1. A step never
 * changes once it is published.
 */
const migrations: readonly string[] = [
  `CREATE TABLE requests (seq INTEGER PRIMARY KEY, ${firstRequestColumns.map(typed).join(', ')});
   CREATE INDEX requests_at ON requests (at);
   CREATE INDEX requests_id ON requests (id);
   CREATE INDEX requests_client ON requests (client, at) WHERE client IS NOT NULL;
   CREATE INDEX requests_chain ON requests (chain, at);
   CREATE INDEX requests_model ON requests (model, at);
   CREATE INDEX requests_provider ON requests (provider, at);
   CREATE INDEX requests_code ON requests (code, at) WHERE code IS NOT NULL;
   CREATE INDEX requests_failed ON requests (at) WHERE code IS NOT NULL;
   CREATE TABLE calls (
     request INTEGER NOT NULL, ${callColumns.map(typed).join(', ')}, PRIMARY KEY (request, n)
   ) WITHOUT ROWID;
   CREATE TABLE usage (
     hour INTEGER NOT NULL, client TEXT NOT NULL, chain TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
     ${firstSums.map(typed).join(', ')}, PRIMARY KEY (hour, client, chain, provider, model)
   ) WITHOUT ROWID;`,
  // A month by the hour is too much to add up for a page.
  `CREATE TABLE usage_days (
     day INTEGER NOT NULL, client TEXT NOT NULL, chain TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
     ${firstSums.map(typed).join(', ')}, PRIMARY KEY (day, client, chain, provider, model)
   ) WITHOUT ROWID;
   INSERT INTO usage_days SELECT hour / 24, client, chain, provider, model, ${firstSums.map(name => `sum(${name})`).join(', ')}
     FROM usage GROUP BY 1, 2, 3, 4, 5;`,
  `CREATE TABLE clients (
     name TEXT PRIMARY KEY, fields TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, ends_at INTEGER,
     previous TEXT, previous_until INTEGER, created_at INTEGER NOT NULL, rotated_at INTEGER
   ) WITHOUT ROWID;
   CREATE TABLE clients_revision (revision INTEGER NOT NULL);
   INSERT INTO clients_revision VALUES (0);`,
  [
    addColumns('requests', ['path_ms', 'changed']),
    addColumns('usage', [...added]),
    addColumns('usage_days', [...added]),
  ].join('\n'),
  // The calls of later requests. Those of earlier ones stay rows of `calls`: a large file would take minutes to rewrite, and the
  // room of a second one.
  addColumns('requests', ['tree']),
]

/** The version of the schema that this program writes. */
export const schemaVersion = migrations.length

/**
 * Brings a database to the version after all `steps`, in one transaction. Throws if a newer program has written it.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  const version = versionOf(database)
  if (version > steps.length) {
    throw new Error(
      `it was written by a newer version of this program (schema ${version}, not ${steps.length})`,
    )
  }
  if (version === steps.length) return
  inTransaction(database, () => {
    // Another process may have done it meanwhile.
    for (const step of steps.slice(versionOf(database))) database.exec(step)
    database.exec(`PRAGMA user_version = ${steps.length}`)
  })
}

/** The version of the schema of a database; 0 if it is empty. */
export function versionOf(database: DatabaseSync): number {
  return Number(valueOf(database, 'PRAGMA user_version'))
}

/** The first value of the first row of a query. */
export function valueOf(database: DatabaseSync, sql: string): Value | undefined {
  const row = database.prepare(sql).get()
  return row && (Object.values(row)[0] as Value)
}
