import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { Database } from '../../../src/ledger/postgres/database.ts'
import { entryOf, noon } from '../entries.ts'
import { openPostgres } from './open.ts'
import { Relay } from './relay.ts'
import { noPostgres, PostgresServer } from './server.ts'

const page = { equal: {}, limit: 10 }
/** No server listens here. */
const nowhere = 'postgres://ann:secret@127.0.0.1:1/ledger'
/** For a question that must be answered, however busy the machine is. */
const patient = { statementMs: 60_000, isReadOnly: true }

t.test('a database that is away drops what exceeds the queue, and says so once', async t => {
  const { ledger, lines } = openPostgres(t, nowhere)
  await ledger.connect()
  for (let count = 0; count < 20_010; count++) ledger.record(entryOf())
  await t.rejects(ledger.requests(page), { code: 'ledger_unavailable', message: /ECONNREFUSED/ })
  t.same(ledger.counts, { written: 0, dropped: 10, waiting: 20_000, isFailing: true })
  await ledger.close()
  t.same(ledger.counts, { written: 0, dropped: 20_010, waiting: 0, isFailing: true })
  t.match(lines, [{ level: 40, ledger: 'postgres://ann@127.0.0.1:1/ledger', reason: /ECONNREFUSED/ }])
  t.equal(lines.length, 1)
})

t.test('a password is in no line of the log and in no error', async t => {
  const { ledger, lines } = openPostgres(t, nowhere)
  ledger.record(entryOf())
  const error = await ledger.usage({ by: [] }).catch((error: unknown) => error)
  t.notMatch(`${String(error)}${JSON.stringify(error)}${JSON.stringify(lines)}`, 'secret')
})

t.test('faults of a PostgreSQL', { skip: noPostgres }, async t => {
  const server = await PostgresServer.start(t)

  await t.test('what waits while the database is away is written when it is back', async t => {
    const { ledger, lines } = openPostgres(t, await server.emptyDatabase())
    ledger.record(entryOf({ id: 'before' }))
    t.match(await ledger.request('before'), { request: { id: 'before' } })
    await server.kill()
    ledger.record(entryOf({ id: 'meanwhile' }))
    await t.rejects(ledger.request('before'), { code: 'ledger_unavailable' })
    await t.rejects(ledger.request('before'), { code: 'ledger_unavailable' })
    await server.launch()
    t.match(await ledger.request('meanwhile'), { request: { id: 'meanwhile' } })
    t.match(lines, [
      { level: 40, msg: /^the ledger cannot be written/ },
      { level: 30, msg: 'the ledger is written again', dropped: 0 },
    ])
    t.equal(lines.length, 2)
    t.same(ledger.counts, { written: 2, dropped: 0, waiting: 0, isFailing: false })
  })

  await t.test('a user who may create nothing is told which right is missing', async t => {
    await server.emptyDatabase()
    await server.query('CREATE ROLE reader LOGIN')
    const { ledger } = openPostgres(t, server.url().replace('tester', 'reader'))
    const message =
      /permission denied for database postgres; the user of ledger\.url needs CREATE on the database/
    await t.rejects(ledger.requests(page), { code: 'ledger_unavailable', message })
  })

  await t.test('a database that is back is noticed without a new entry', async t => {
    const { ledger, lines, clock } = openPostgres(t, await server.emptyDatabase())
    await server.kill()
    await ledger.connect()
    t.match(ledger.counts, { isFailing: true })
    await server.launch()
    // Further ahead, the time to connect would run out at once.
    await clock.pass(16)
    while (ledger.counts.isFailing) await nextTurn()
    t.match(lines, [{ level: 40 }, { level: 30, msg: 'the ledger is written again', dropped: 0 }])
    t.equal(lines.length, 2)
  })

  await t.test('a batch whose commit was not confirmed is written once', async t => {
    const url = new URL(await server.emptyDatabase())
    const relay = await Relay.start(t, server.port)
    url.port = String(relay.port)
    const { ledger } = openPostgres(t, url.href)
    ledger.record(entryOf({ id: 'first', model: 'm' }))
    await ledger.request('first')
    relay.breaksAtCommit = true
    ledger.record(entryOf({ id: 'second', model: 'm' }, [{ model: 'm', prompt: 5 }]))
    while (ledger.counts.written < 2) await ledger.request('second')
    t.notOk(relay.breaksAtCommit)
    t.match(await ledger.usage({ by: [] }), [{ requests: 2, prompt: 5 }])
    t.equal((await ledger.requests(page)).rows.length, 2)
  })

  await t.test('a database of another encoding is refused by name', async t => {
    const url = await server.createDatabase('latin', "ENCODING 'LATIN1' TEMPLATE template0")
    await t.rejects(openPostgres(t, url).ledger.requests(page), { message: /must be UTF8/ })
  })

  await t.test('tables that another server has dropped are created once more', async t => {
    const url = await server.emptyDatabase()
    const { ledger, lines } = openPostgres(t, url)
    ledger.record(entryOf({ id: 'before' }))
    await ledger.request('before')
    await server.query('DROP TABLE hulumanage.requests_20260131', url)
    ledger.record(entryOf({ id: 'day' }))
    t.match(await ledger.request('day'), { request: { id: 'day' } })
    await server.query('DROP SCHEMA hulumanage CASCADE', url)
    ledger.record(entryOf({ id: 'all' }))
    t.match(await ledger.request('all'), { request: { id: 'all' } })
    t.same(lines, [])
  })

  await t.test('an entry that the database refuses costs its batch, not those around it', async t => {
    const url = await server.emptyDatabase()
    const { ledger, lines } = openPostgres(t, url)
    await ledger.connect()
    await server.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '22000'; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON hulumanage.requests FOR EACH ROW WHEN (new.model = 'poison')
         EXECUTE FUNCTION refuse()`,
      url,
    )
    for (let count = 0; count < 250; count++)
      ledger.record(entryOf({ model: count === 120 ? 'poison' : 'm' }))
    await ledger.requests(page)
    t.same(ledger.counts, { written: 150, dropped: 100, waiting: 0, isFailing: false })
    t.match(lines, [{ reason: 'refused' }, { msg: 'the ledger is written again' }])
  })

  await t.test('a statement that takes too long is cut, and the next one works', async t => {
    const database = new Database(await server.emptyDatabase(), 1)
    t.teardown(() => database.close())
    const hurried = { statementMs: 50, isReadOnly: true }
    const heavy = database.transaction(hurried, query => query('SELECT pg_sleep(60)'))
    await t.rejects(heavy, { message: /statement timeout/ })
    t.match(await database.transaction(patient, query => query('SELECT 1 AS one')), [{ one: 1 }])
  })

  await t.test('a network that is silent does not hold up a question for ever', async t => {
    const relay = await Relay.start(t, server.port)
    const url = new URL(server.url())
    url.port = String(relay.port)
    const database = new Database(url.href, 1)
    t.teardown(() => database.close())
    await database.transaction(patient, query => query('SELECT 1'))
    relay.isSilent = true
    await t.rejects(
      database.transaction({ ...patient, statementMs: 50 }, query => query('SELECT 1')),
      { message: /timeout/ },
    )
    relay.isSilent = false
    t.match(await database.transaction(patient, query => query('SELECT 1 AS one')), [{ one: 1 }])
  })

  await t.test('starts beyond all dates are moved to the nearest one, and none is lost', async t => {
    const { ledger } = openPostgres(t, await server.emptyDatabase())
    const starts = [noon, 0, noon - 86_400_000 * 400, noon + 86_400_000 * 9_000, -5, 1e18]
    for (const at of starts) ledger.record(entryOf({ at, model: 'm' }))
    const { rows } = await ledger.requests({ ...page, limit: 100 })
    t.equal(rows.length, starts.length)
    t.match(rows[0], { at: Date.UTC(9999, 11, 31, 23, 59, 59, 999) })
    t.match(await ledger.usage({ by: [] }), [{ requests: starts.length }])
  })
})
