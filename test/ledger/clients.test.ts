import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { AddedClient, ClientChange } from '../../src/ledger/clients/stored-clients.ts'
import { noon, openLedger } from './entries.ts'

function adding(name: string, facts: Partial<AddedClient> = {}): ClientChange {
  const client = { name, fields: '{}', hash: `hash of ${name}`, role: 'user', ends_at: null, ...facts }
  return { kind: 'add', at: noon, client }
}

function revoking(name: string, keepsOperator = false): ClientChange {
  return { kind: 'revoke', at: noon, name, keepsOperator }
}

function rotating(name: string, graceUntil: number): ClientChange {
  return { kind: 'rotate', at: noon + 1, graceUntil, name, hash: 'new hash', fields: '{}', ends_at: null }
}

t.test('clients are kept with hashes, and found by every process that opens the file', async t => {
  const path = join(t.testdir({}), 'ledger.db')
  const [one, other] = [openLedger(t, path).ledger, openLedger(t, path).ledger]
  t.equal(await one.changeClients(adding('bob')), 'done')
  t.equal(await other.changeClients(adding('ann', { fields: '{"role":"operator"}' })), 'done')
  const kept = await one.clients()
  t.match(kept?.clients, [
    { name: 'ann', fields: '{"role":"operator"}', hash: 'hash of ann', previous: null, created_at: noon },
    { name: 'bob', hash: 'hash of bob', rotated_at: null },
  ])
  t.equal(await other.clients(kept!.revision), undefined, 'nothing has changed')
  await one.changeClients(revoking('bob'))
  t.match((await other.clients(kept!.revision))?.clients, [{ name: 'ann' }])
})

t.test('of two servers that add the same name at once, one succeeds', async t => {
  const path = join(t.testdir({}), 'ledger.db')
  const ledgers = [openLedger(t, path).ledger, openLedger(t, path).ledger]
  const outcomes = await Promise.all(
    ledgers.map((ledger, index) => ledger.changeClients(adding('ann', { hash: String(index) }))),
  )
  t.same(outcomes.toSorted(), ['done', 'taken'])
  t.equal((await ledgers[0]!.clients())?.clients.length, 1)
})

t.test('a rotation keeps the hash of the present key for its grace only', async t => {
  const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
  await ledger.changeClients(adding('ann'))
  t.equal(await ledger.changeClients(rotating('ann', noon + 60_000)), 'done')
  t.match((await ledger.clients())?.clients, [
    { hash: 'new hash', previous: 'hash of ann', previous_until: noon + 60_000, rotated_at: noon + 1 },
  ])
  t.equal(await ledger.changeClients(rotating('ann', noon + 1)), 'done')
  t.match((await ledger.clients())?.clients, [{ previous: null, previous_until: null }])
  t.equal(await ledger.changeClients(rotating('bob', noon + 1)), 'unknown')
})

t.test('the last operator whose key is accepted stays, if one must', async t => {
  const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
  await ledger.changeClients(adding('ann', { role: 'operator' }))
  await ledger.changeClients(adding('bob', { role: 'operator', ends_at: noon }))
  t.equal(await ledger.changeClients(revoking('ann', true)), 'last_operator')
  t.equal(await ledger.changeClients(revoking('carl', true)), 'unknown')
  await ledger.changeClients(adding('carl', { role: 'operator', ends_at: noon + 1 }))
  t.equal(await ledger.changeClients(revoking('ann', true)), 'done')
  t.equal(await ledger.changeClients(revoking('carl')), 'done')
})

t.test('a ledger that does not exist keeps no clients, and is not created for the question', async t => {
  const path = join(t.testdir({}), 'ledger.db')
  const { ledger } = openLedger(t, path)
  t.same(await ledger.clients(), { revision: 0, clients: [] })
  t.equal(await ledger.clients(0), undefined)
  t.notOk(existsSync(path))
})

t.test('a ledger in memory refuses clients, which would end with the process', async t => {
  const { ledger } = openLedger(t)
  await t.rejects(ledger.changeClients(adding('ann')), { code: 'ledger_unavailable', message: /in memory/ })
  t.same((await ledger.clients())?.clients, [])
})

t.test('clients have a maximum', async t => {
  const path = join(t.testdir({}), 'ledger.db')
  const { ledger } = openLedger(t, path)
  await ledger.changeClients(adding('ann'))
  const database = new DatabaseSync(path)
  database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO clients (name, fields, hash, role, created_at) SELECT 'c' || i, '{}', 'h' || i, 'user', 0 FROM n`)
  database.close()
  t.equal(await ledger.changeClients(adding('bob')), 'full')
})
