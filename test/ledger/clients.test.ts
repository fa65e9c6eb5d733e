import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { openLedger } from './entries.ts'
import { adding } from './rules/clients.ts'

t.test('a ledger that does not exist keeps no clients, and is not created for the question', async t => {
  const path = join(t.testdir({}), 'ledger.db')
  const { ledger } = openLedger(t, path)
  t.equal(await ledger.clients(), undefined)
  t.notOk(existsSync(path))
})

t.test('a ledger in memory refuses clients, which would end with the process', async t => {
  const { ledger } = openLedger(t)
  await t.rejects(ledger.changeClients(adding('ann')), { code: 'ledger_unavailable', message: /in memory/ })
  t.equal(await ledger.clients(), undefined)
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
