import type { DatabaseSync } from 'node:sqlite'
import { maxStoredClients } from '../clients/stored-clients.ts'
import type { ChangeOutcome, ClientChange, StoredClient, StoredClients } from '../clients/stored-clients.ts'
import { valueOf } from './schema.ts'
import { inTransaction } from './transaction.ts'

const columns = 'name, fields, hash, previous, previous_until, created_at, rotated_at'

/** Reads the clients that are kept; undefined if their revision is still the one that is known. */
export function readClients(database: DatabaseSync, known: number): StoredClients | undefined {
  // In one transaction: another process may change both.
  database.exec('BEGIN')
  try {
    const revision = Number(valueOf(database, 'SELECT revision FROM clients_revision'))
    if (revision === known) return undefined
    const rows = database.prepare(`SELECT ${columns} FROM clients ORDER BY name`).all()
    return { revision, clients: rows.map(row => ({ ...row }) as unknown as StoredClient) }
  } finally {
    database.exec('COMMIT')
  }
}

/** Makes a change, and a new revision, in one transaction. */
export function changeClients(database: DatabaseSync, change: ClientChange): ChangeOutcome {
  return inTransaction(database, () => {
    const outcome = apply(database, change)
    if (outcome === 'done') database.exec('UPDATE clients_revision SET revision = revision + 1')
    return outcome
  })
}

function apply(database: DatabaseSync, change: ClientChange): ChangeOutcome {
  if (change.kind === 'add') return add(database, change)
  if (change.kind === 'rotate') return rotate(database, change)
  return revoke(database, change)
}

function add(database: DatabaseSync, { at, client }: ClientChange & { kind: 'add' }): ChangeOutcome {
  const { name, fields, hash, role, ends_at: endsAt } = client
  if (Number(valueOf(database, 'SELECT count(*) FROM clients')) >= maxStoredClients) return 'full'
  const { changes } = database
    .prepare(
      `INSERT INTO clients (name, fields, hash, role, ends_at, created_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO NOTHING`,
    )
    .run(name, fields, hash, role, endsAt, at)
  return Number(changes) === 1 ? 'done' : 'taken'
}

function rotate(database: DatabaseSync, change: ClientChange & { kind: 'rotate' }): ChangeOutcome {
  const { at, graceUntil, name, replaced, hash, fields, ends_at: endsAt } = change
  const keeps = graceUntil > at
  const { changes } = database
    .prepare(
      `UPDATE clients SET previous = ${keeps ? 'hash' : 'NULL'}, previous_until = ?, hash = ?, fields = ?, ends_at = ?,
       rotated_at = ? WHERE name = ? AND hash = ?`,
    )
    .run(keeps ? graceUntil : null, hash, fields, endsAt, at, name, replaced)
  if (Number(changes) === 1) return 'done'
  return database.prepare('SELECT name FROM clients WHERE name = ?').get(name) ? 'changed' : 'unknown'
}

function revoke(database: DatabaseSync, change: ClientChange & { kind: 'revoke' }): ChangeOutcome {
  const { at, name, keepsOperator } = change
  const found = database.prepare('SELECT role FROM clients WHERE name = ?').get(name)
  if (!found) return 'unknown'
  if (keepsOperator && found['role'] === 'operator') {
    const others = database
      .prepare(
        `SELECT count(*) AS n FROM clients
         WHERE role = 'operator' AND name <> ? AND (ends_at IS NULL OR ends_at > ?)`,
      )
      .get(name, at)
    if (Number(others?.['n']) === 0) return 'last_operator'
  }
  database.prepare('DELETE FROM clients WHERE name = ?').run(name)
  return 'done'
}
