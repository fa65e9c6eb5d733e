import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { migrate } from '../../src/ledger/sqlite/schema.ts'
import { inTransaction } from '../../src/ledger/sqlite/transaction.ts'

t.test('work that throws leaves nothing behind, and its own error', async t => {
  const database = new DatabaseSync(':memory:')
  t.teardown(() => database.close())
  database.exec('CREATE TABLE rows (value)')
  const failing = () =>
    inTransaction(database, () => {
      database.exec('INSERT INTO rows VALUES (1)')
      throw new Error('the work failed')
    })
  t.throws(failing, { message: 'the work failed' })
  t.match(database.prepare('SELECT count(*) AS n FROM rows').get(), { n: 0 })
  t.equal(
    inTransaction(database, () => 'done'),
    'done',
  )
})

t.test('a migration whose transaction is gone already fails with the error that ended it', async t => {
  const database = new DatabaseSync(':memory:')
  t.teardown(() => database.close())
  // As a full disk does.
  t.throws(() => migrate(database, ['ROLLBACK; SELECT * FROM nowhere']), {
    message: /no such table: nowhere/,
  })
})
