import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '../sqlite/database.ts'
import { usedBytes } from '../sqlite/retention.ts'
import { inTransaction } from '../sqlite/transaction.ts'
import { dayMs } from '../usage/usage-delta.ts'
import type { KeptTexts, TextKey } from './texts.ts'

/** The steps from one version of the schema to the next. A step never changes once it is published. */
const migrations: readonly string[] = [
  `CREATE TABLE texts (
     seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, client TEXT, n INTEGER,
     prompt TEXT NOT NULL, answer TEXT NOT NULL
   );
   CREATE INDEX texts_id ON texts (id, at);
   CREATE INDEX texts_at ON texts (at);`,
]

/** Texts deleted in one transaction, so that no write waits for long. */
const portion = 500

/** Opens the database of texts, and creates it if it does not exist. What is deleted from it is overwritten. */
export function openTexts(path: string): DatabaseSync {
  const database = openDatabase(path, migrations)
  database.exec('PRAGMA secure_delete = ON')
  return database
}

/** The texts of a request in the form in which they are stored. */
export interface StoredTexts extends TextKey {
  readonly texts: readonly KeptTexts[]
}

/** Writes the texts of a request: all or none. */
export function writeTexts(database: DatabaseSync, { id, at, client, texts }: StoredTexts): void {
  const insert = database.prepare(
    'INSERT INTO texts (id, at, client, n, prompt, answer) VALUES (?, ?, ?, ?, ?, ?)',
  )
  inTransaction(database, () => {
    for (const { n, prompt, answer } of texts)
      insert.run(id, at, client, n, JSON.stringify(prompt), JSON.stringify(answer))
  })
}

/** Reads the texts of a request, in the order of its calls. */
export function readTexts(database: DatabaseSync, { id, at, client }: TextKey): KeptTexts[] {
  const rows = database
    .prepare('SELECT n, prompt, answer FROM texts WHERE id = ? AND at = ? AND client IS ? ORDER BY seq')
    .all(id, at, client)
  return rows.map(({ n, prompt, answer }) => ({
    n: n as number | null,
    prompt: JSON.parse(prompt as string) as KeptTexts['prompt'],
    answer: JSON.parse(answer as string) as KeptTexts['answer'],
  }))
}

/** Deletes a portion of what is too old or too much, the oldest first. Returns whether there is more to delete. */
export function pruneTexts(
  database: DatabaseSync,
  { days, maxBytes }: { readonly days: number; readonly maxBytes: number },
  now = Date.now(),
): boolean {
  const isFull = usedBytes(database) > maxBytes
  const latest = isFull ? now : now - days * dayMs
  const chosen = `SELECT seq FROM texts WHERE at < ? ORDER BY at LIMIT ${portion}`
  const { changes } = database.prepare(`DELETE FROM texts WHERE seq IN (${chosen})`).run(latest)
  if (Number(changes) > 0) database.exec('PRAGMA incremental_vacuum')
  return Number(changes) === portion || (Number(changes) > 0 && usedBytes(database) > maxBytes)
}
