import { maxStoredClients } from '../clients/stored-clients.ts'
import type {
  AddedClient,
  ChangeOutcome,
  ClientChange,
  StoredClient,
  StoredClients,
} from '../clients/stored-clients.ts'
import type { Query } from './database.ts'

const columns = 'name, fields, hash, previous, previous_until, created_at, rotated_at'

/** Reads the clients that are kept; undefined if their revision is still the one that is known. */
export async function readClients(
  query: Query,
  known: number | undefined,
): Promise<StoredClients | undefined> {
  const [row] = await query('SELECT revision FROM clients_revision')
  const revision = Number(row?.['revision'])
  if (revision === known) return undefined
  const clients = await query(`SELECT ${columns} FROM clients ORDER BY name`)
  return { revision, clients: clients as readonly unknown[] as StoredClient[] }
}

/** Makes a change, and a new revision, within a transaction. Changes of all servers take turns. */
export async function changeClients(query: Query, change: ClientChange): Promise<ChangeOutcome> {
  await query('SELECT revision FROM clients_revision FOR UPDATE')
  const outcome = await apply(query, change)
  if (outcome === 'done') await query('UPDATE clients_revision SET revision = revision + 1')
  return outcome
}

async function apply(query: Query, change: ClientChange): Promise<ChangeOutcome> {
  if (change.kind === 'add') return await add(query, change.at, change.client)
  if (change.kind === 'rotate') return await rotate(query, change)
  return await revoke(query, change)
}

async function add(query: Query, at: number, client: AddedClient): Promise<ChangeOutcome> {
  const [kept] = await query('SELECT count(*) AS clients FROM clients')
  if (Number(kept?.['clients']) >= maxStoredClients) return 'full'
  const { name, fields, hash, role, ends_at: endsAt } = client
  const added = await query(
    `INSERT INTO clients (name, fields, hash, role, ends_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (name) DO NOTHING RETURNING name`,
    [name, fields, hash, role, endsAt, at],
  )
  return added.length === 1 ? 'done' : 'taken'
}

async function rotate(
  query: Query,
  { at, graceUntil, name, replaced, hash, fields, ends_at: endsAt }: ClientChange & { kind: 'rotate' },
): Promise<ChangeOutcome> {
  const keeps = graceUntil > at
  const changed = await query(
    `UPDATE clients SET previous = ${keeps ? 'hash' : 'NULL'}, previous_until = $1, hash = $2, fields = $3, ends_at = $4,
     rotated_at = $5 WHERE name = $6 AND hash = $7 RETURNING name`,
    [keeps ? graceUntil : null, hash, fields, endsAt, at, name, replaced],
  )
  if (changed.length === 1) return 'done'
  const kept = await query('SELECT FROM clients WHERE name = $1', [name])
  return kept.length === 1 ? 'changed' : 'unknown'
}

async function revoke(
  query: Query,
  { at, name, keepsOperator }: ClientChange & { kind: 'revoke' },
): Promise<ChangeOutcome> {
  const [found] = await query('SELECT role FROM clients WHERE name = $1', [name])
  if (!found) return 'unknown'
  if (keepsOperator && found['role'] === 'operator') {
    const others = await query(
      `SELECT FROM clients WHERE role = 'operator' AND name <> $1 AND (ends_at IS NULL OR ends_at > $2) LIMIT 1`,
      [name, at],
    )
    if (others.length === 0) return 'last_operator'
  }
  await query('DELETE FROM clients WHERE name = $1', [name])
  return 'done'
}
