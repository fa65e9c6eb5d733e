import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { openDatabase } from '../../src/ledger/sqlite/database.ts'
import { readRequests } from '../../src/ledger/sqlite/read.ts'
import { schemaVersion } from '../../src/ledger/sqlite/schema.ts'
import { Writer } from '../../src/ledger/sqlite/write.ts'
import { entryOf, noon, openLedger, valuesOf } from './entries.ts'

const page = { equal: {}, limit: 10 }

t.test('a request is found by its id, with its calls in order', async t => {
  const { ledger } = openLedger(t)
  const calls = [
    { n: 0, kind: 'step', path: 'bon' },
    { n: 1, parent: 0, path: 'bon.draw', provider: 'a', model: 'm', prompt: 3 },
  ]
  ledger.record(entryOf({ id: 'one', model: 'm' }, calls))
  ledger.record(entryOf({ id: 'two' }))
  const found = await ledger.request('one')
  t.match(found, { request: { id: 'one', model: 'm', code: null }, calls })
  t.equal(found?.calls.length, 2)
  t.equal(await ledger.request('three'), undefined)
})

t.test('of several requests with the same id, the newest is found', async t => {
  const { ledger } = openLedger(t)
  ledger.record(entryOf({ id: 'same', model: 'old' }))
  ledger.record(entryOf({ id: 'same', model: 'new' }))
  t.match(await ledger.request('same'), { request: { model: 'new' } })
})

t.test('pages are in the order of the starts, newest first, and join without a gap', async t => {
  const { ledger } = openLedger(t)
  // Requests are recorded when they end, and several start in the same millisecond.
  const starts = [3, 1, 2, 2, 2, 5, 4]
  for (const [index, at] of starts.entries()) ledger.record(entryOf({ id: `r${index}`, at }))
  const ids: unknown[] = []
  let after
  do {
    const { rows, next } = await ledger.requests({ equal: {}, limit: 2, after })
    ids.push(...rows.map(({ id }) => id))
    after = next
  } while (after)
  t.same(ids, ['r5', 'r6', 'r0', 'r4', 'r3', 'r2', 'r1'])
})

t.test('requests are selected by their columns, failure and time', async t => {
  const { ledger } = openLedger(t)
  ledger.record(entryOf({ id: 'a', at: 10, client: 'ann', model: 'm', provider: 'p', chain: 'bon' }))
  ledger.record(entryOf({ id: 'b', at: 20, client: 'bob', model: 'm', code: 'upstream_error' }))
  const ids = async (query: object) => (await ledger.requests({ ...page, ...query })).rows.map(({ id }) => id)
  t.same(await ids({ equal: { client: 'ann' } }), ['a'])
  t.same(await ids({ equal: { model: 'm' } }), ['b', 'a'])
  t.same(await ids({ equal: { model: 'm', provider: 'p', chain: 'bon' } }), ['a'])
  t.same(await ids({ equal: { code: 'upstream_error' } }), ['b'])
  t.same(await ids({ failed: true }), ['b'])
  t.same(await ids({ failed: false }), ['a'])
  t.same(await ids({ since: 20 }), ['b'])
  t.same(await ids({ until: 20 }), ['a'])
  t.same(await ids({ equal: { client: "' OR 1=1" } }), [])
})

t.test('usage sums requests at the provider that answered, and calls at their own', async t => {
  const { ledger } = openLedger(t)
  const asked = { at: noon, client: 'ann', chain: 'bon', provider: 'a', model: 'm' }
  const step = { n: 0, kind: 'step', path: 'bon' }
  const call = { n: 1, kind: 'call', provider: 'a', model: 'm', prompt: 10, completion: 5, wasted: 0 }
  const failed = { n: 2, kind: 'call', provider: 'b', model: 'm', prompt: 7, completion: 0, wasted: 7 }
  ledger.record(entryOf(asked, [step, call, failed]))
  ledger.record(entryOf({ ...asked, at: noon + 86_400_000, code: 'timeout' }))
  const all = await ledger.usage({ by: [] })
  t.match(all, [{ requests: 2, failed: 1, calls: 2, prompt: 17, completion: 5, wasted: 7, cost: null }])
  t.match(await ledger.usage({ by: ['provider'] }), [
    { provider: 'a', requests: 2, calls: 1, prompt: 10 },
    { provider: 'b', requests: 0, calls: 1, prompt: 7 },
  ])
  t.match(await ledger.usage({ by: ['day', 'client'] }), [
    { day: '2026-01-31', client: 'ann', requests: 1 },
    { day: '2026-02-01', client: 'ann', requests: 1 },
  ])
  t.match(await ledger.usage({ by: ['hour'], until: noon + 3_600_000 }), [{ hour: '2026-01-31T12:00:00Z' }])
  t.match(await ledger.usage({ by: ['chain', 'model'], since: noon + 3_600_000 }), [
    { chain: 'bon', model: 'm', requests: 1, failed: 1 },
  ])
})

t.test('a cost is null until a price is known, and then the sum of those known', async t => {
  const { ledger } = openLedger(t)
  const call = { provider: 'a', model: 'm' }
  ledger.record(entryOf({}, [call]))
  t.match(await ledger.usage({ by: [] }), [{ cost: null }])
  ledger.record(entryOf({}, [{ ...call, cost: 0.5 }]))
  t.match(await ledger.usage({ by: [] }), [{ cost: 0.5 }])
  ledger.record(entryOf({}, [call]))
  ledger.record(entryOf({}, [{ ...call, cost: 0.25 }]))
  t.match(await ledger.usage({ by: [] }), [{ cost: 0.75 }])
})

t.test('a ledger in a file outlives its process, and only its owner may read it', async t => {
  const file = join(t.testdir({}), 'state', 'deep', 'ledger.db')
  const first = openLedger(t, file)
  first.ledger.record(entryOf({ id: 'kept' }))
  await first.ledger.close()
  t.same(first.ledger.counts, { written: 1, dropped: 0 })
  t.equal(statSync(file).mode & 0o777, 0o600)
  const second = openLedger(t, file)
  t.match(await second.ledger.request('kept'), { request: { id: 'kept' } })
})

t.test('several processes write to the same file', async t => {
  const file = join(t.testdir({}), 'ledger.db')
  const writers = Array.from({ length: 3 }, () => openLedger(t, file).ledger)
  for (let count = 0; count < 250; count++) for (const ledger of writers) ledger.record(entryOf())
  await Promise.all(writers.map(ledger => ledger.close()))
  const [sums] = await openLedger(t, file).ledger.usage({ by: [] })
  t.equal(sums?.requests, 750)
})

t.test('a ledger that cannot be written drops entries, and says so once', async t => {
  const folder = t.testdir({ 'corrupt.db': 'this is not a database'.repeat(100), file: '' })
  const newer = join(folder, 'newer.db')
  const database = new DatabaseSync(newer)
  database.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
  database.close()
  const paths = {
    'corrupt.db': /not a database/,
    'newer.db': /newer version/,
    'file/ledger.db': /ENOTDIR|EEXIST/,
  }
  for (const [name, reason] of Object.entries(paths)) {
    const { ledger, lines } = openLedger(t, join(folder, name))
    for (let count = 0; count < 250; count++) ledger.record(entryOf())
    await t.rejects(ledger.requests(page), { code: 'ledger_unavailable', message: reason })
    await ledger.close()
    t.same(ledger.counts, { written: 0, dropped: 250 }, name)
    t.equal(lines.length, 1)
    t.match(lines[0], { level: 40, msg: /^the ledger cannot be written/, reason })
  }
})

t.test('a file that another process has locked costs a batch, and later ones are written', async t => {
  const file = join(t.testdir({}), 'ledger.db')
  const { ledger, lines } = openLedger(t, file)
  ledger.record(entryOf({ id: 'before' }))
  await ledger.request('before')
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  ledger.record(entryOf({ id: 'lost' }))
  t.equal(await ledger.request('lost'), undefined)
  other.exec('COMMIT')
  other.close()
  ledger.record(entryOf({ id: 'after' }))
  t.match(await ledger.request('after'), { request: { id: 'after' } })
  t.match(lines, [
    { level: 40, reason: /locked/ },
    { level: 30, msg: 'the ledger is written again', dropped: 1 },
  ])
})

t.test('an entry that cannot be encoded does not affect the others', async t => {
  const { ledger, lines } = openLedger(t)
  ledger.record({
    encode: values => {
      values.push('half')
      throw new Error('faulty')
    },
  })
  ledger.record(entryOf({ id: 'whole' }))
  t.match(await ledger.request('whole'), { request: { id: 'whole' } })
  t.same(ledger.counts, { written: 1, dropped: 1 })
  t.match(lines, [{ msg: /cannot be recorded/ }])
})

t.test('entries beyond the queue are dropped, and never waited for', async t => {
  const { ledger, lines } = openLedger(t)
  for (let count = 0; count < 20_010; count++) ledger.record(entryOf())
  await ledger.close()
  t.same(ledger.counts, { written: 20_000, dropped: 10 })
  t.match(lines, [{ reason: /too many requests/ }, { msg: 'the ledger is written again' }])
  ledger.record(entryOf())
  t.equal(ledger.counts.dropped, 11, 'a closed ledger takes nothing')
})

t.test('a full disk costs the batch, not what was written before or is written after', async t => {
  const database = openDatabase(join(t.testdir({}), 'ledger.db'))
  t.teardown(() => database.close())
  const writer = new Writer(database)
  writer.write(valuesOf({ id: 'before' }))
  database.exec('PRAGMA max_page_count = 1')
  const long = valuesOf({ id: 'lost', degraded: 'x'.repeat(100_000) })
  t.throws(() => writer.write(long), { message: /full/ })
  database.exec('PRAGMA max_page_count = 100000')
  writer.write(valuesOf({ id: 'after' }))
  t.same(
    readRequests(database, page)
      .rows.map(({ id }) => id)
      .toReversed(),
    ['before', 'after'],
  )
})

t.test('a folder that cannot be written is named', { skip: process.getuid?.() === 0 }, async t => {
  const folder = join(t.testdir({}), 'sealed')
  mkdirSync(folder)
  writeFileSync(join(folder, 'x'), '')
  chmodSync(folder, 0o500)
  const { ledger, lines } = openLedger(t, join(folder, 'ledger.db'))
  ledger.record(entryOf())
  await t.rejects(ledger.request('r'), { code: 'ledger_unavailable' })
  t.match(lines, [{ reason: /EACCES/ }])
})

t.test('a file of an older version is brought to the current one, with its sums', async t => {
  const file = join(t.testdir({}), 'ledger.db')
  const database = openDatabase(file)
  new Writer(database).write(valuesOf({ model: 'm', cost: 0.5 }, [{ model: 'm', provider: 'p', cost: 0.5 }]))
  database.exec(
    'DROP TABLE usage_days; DROP TABLE clients; DROP TABLE clients_revision; PRAGMA user_version = 1',
  )
  database.close()
  const { ledger } = openLedger(t, file)
  t.match(await ledger.usage({ by: ['day'] }), [{ day: '2026-01-31', requests: 1, calls: 1, cost: 0.5 }])
})

t.test('usage by day is the same from the sums of days as from those of hours', async t => {
  const { ledger } = openLedger(t)
  const day = Date.UTC(2026, 0, 31)
  for (const at of [day, day + 1, noon, day + 86_399_999, day + 86_400_000])
    ledger.record(entryOf({ at, model: 'm' }, [{ model: 'm', prompt: 1 }]))
  const ofDays = await ledger.usage({ by: ['day', 'model'], since: day })
  t.same(await ledger.usage({ by: ['day', 'model'], since: day - 1 }), ofDays)
  t.match(ofDays, [
    { day: '2026-01-31', requests: 4, prompt: 4 },
    { day: '2026-02-01', requests: 1 },
  ])
})
