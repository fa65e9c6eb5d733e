import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { Test } from 'tap'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import { CurrentLedger } from '../../src/ledger/current-ledger.ts'
import { openDatabase } from '../../src/ledger/sqlite/database.ts'
import { prepareFolder } from '../../src/ledger/sqlite/folder.ts'
import { readRequest, readRequests } from '../../src/ledger/sqlite/read.ts'
import { schemaVersion, versionOf } from '../../src/ledger/sqlite/schema.ts'
import { Writer } from '../../src/ledger/sqlite/write.ts'
import { entryOf, linesLog, openLedger, valuesOf, withFile } from './entries.ts'
import { testClients } from './rules/clients.ts'
import { testRequests } from './rules/requests.ts'
import { testUsage } from './rules/usage.ts'
import { testVersions } from './rules/versions.ts'

const page = { equal: {}, limit: 10 }

t.test('a ledger in SQLite', async t => {
  const inFile = async (t: Test) => {
    const file = join(t.testdir({}), 'ledger.db')
    return { open: () => openLedger(t, file) }
  }
  await testRequests(t, inFile)
  await testUsage(t, inFile)
  await testClients(t, inFile)
  await testVersions(t, async t => {
    const file = join(t.testdir({}), 'ledger.db')
    return {
      open: () => openLedger(t, file),
      current: schemaVersion,
      version: async () => await withFile(file, versionOf),
      setVersion: async version =>
        await withFile(file, database => database.exec(`PRAGMA user_version = ${version}`)),
      keepCallsAsRows: async path =>
        await withFile(file, database =>
          database.exec(
            `INSERT INTO calls (request, n, kind, path, model) SELECT seq, 0, 'call', '${path}', 'm' FROM requests;
             ALTER TABLE requests DROP COLUMN tree; PRAGMA user_version = 4`,
          ),
        ),
    }
  })
})

t.test('a ledger in a file outlives its process, and only its owner may read it', async t => {
  const file = join(t.testdir({}), 'state', 'deep', 'ledger.db')
  const first = openLedger(t, file)
  first.ledger.record(entryOf({ id: 'kept' }))
  await first.ledger.close()
  t.same(first.ledger.counts, { written: 1, dropped: 0, waiting: 0, isFailing: false })
  t.equal(statSync(file).mode & 0o777, 0o600)
  const second = openLedger(t, file)
  t.match(await second.ledger.request('kept'), { request: { id: 'kept' } })
})

t.test('a ledger that cannot be written drops entries, and says so once', async t => {
  const folder = t.testdir({ 'corrupt.db': 'this is not a database'.repeat(100), file: '' })
  const paths = {
    'corrupt.db': /not a database/,
    'file/ledger.db': /ENOTDIR|EEXIST/,
  }
  for (const [name, reason] of Object.entries(paths)) {
    const { ledger, lines } = openLedger(t, join(folder, name))
    for (let count = 0; count < 250; count++) ledger.record(entryOf())
    await t.rejects(ledger.requests(page), { code: 'ledger_unavailable', message: reason })
    await ledger.close()
    t.match(ledger.counts, { written: 0, dropped: 250, isFailing: true }, name)
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
  writer.probe()
  database.exec('PRAGMA query_only = 1')
  t.throws(() => writer.probe(), { message: /readonly/ })
  t.same(
    readRequests(database, page)
      .rows.map(({ id }) => id)
      .toReversed(),
    ['before', 'after'],
  )
})

t.test(
  'each request keeps its own calls, however many are written at once and whatever failed before',
  async t => {
    const database = openDatabase(':memory:')
    t.teardown(() => database.close())
    const writer = new Writer(database)
    const batchOf = (name: string, requests: number) =>
      Array.from({ length: requests }, (_, index) => {
        const calls = Array.from({ length: index % 4 }, (_, n) => ({ n, path: `${name}${index}.${n}` }))
        return valuesOf({ id: `${name}${index}` }, calls)
      }).flat()
    // In each transaction some rows are left over that fill no statement.
    writer.write(batchOf('a', 37))
    const unreadable = {} as unknown as string
    t.throws(
      () => writer.write([...batchOf('lost', 25), ...valuesOf({ route: unreadable })]),
      /cannot be bound/,
    )
    database.exec("DELETE FROM requests WHERE id = 'a36'")
    writer.write(batchOf('b', 11), batchOf('c', 12))
    t.same(database.prepare('SELECT count(*) AS n FROM requests').get(), { n: 36 + 11 + 12 })
    for (const [name, requests] of [
      ['a', 36],
      ['b', 11],
      ['c', 12],
    ] as const) {
      for (let index = 0; index < requests; index++) {
        const found = readRequest(database, `${name}${index}`)
        const paths = Array.from({ length: index % 4 }, (_, n) => `${name}${index}.${n}`)
        if (
          !t.same(
            found?.calls.map(({ path }) => path),
            paths,
            `${name}${index}`,
          )
        )
          return
      }
    }
  },
)

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

t.test('a folder that cannot be created is reported at the start, and one that can is created', async t => {
  const folder = t.testdir({ file: '' })
  const start = async (path: string) => {
    const { log, lines } = linesLog()
    const ledger = new CurrentLedger(() => path, log)
    t.teardown(() => ledger.close())
    await ledger.follow(new CurrentConfig(configSchema.parse({})))
    return { ledger, lines }
  }
  const wrong = join(folder, 'file', 'ledger.db')
  const failing = await start(wrong)
  t.match(failing.lines, [
    {
      level: 40,
      msg: /^the ledger cannot be written.*not recorded/,
      ledger: wrong,
      reason: /ENOTDIR|EEXIST/,
    },
  ])
  t.equal(failing.ledger.counts.isFailing, true, 'as /health says')
  const right = join(folder, 'new', 'newer', 'ledger.db')
  const fine = await start(right)
  t.strictSame(fine.lines, [])
  t.equal(fine.ledger.counts.isFailing, false)
  t.strictSame([existsSync(join(folder, 'new', 'newer')), existsSync(right)], [true, false])
})

// Node's own recursion would never end there.
t.test(
  'a ledger below a folder in which nothing can be created is refused',
  { skip: process.platform !== 'linux' },
  async t => {
    t.throws(() => prepareFolder('/proc/none/ledger.db'), { code: 'ENOENT' })
  },
)

t.test('a file of an older version is brought to the current one, with its sums', async t => {
  const file = join(t.testdir({}), 'ledger.db')
  const database = openDatabase(file)
  new Writer(database).write(valuesOf({ model: 'm', cost: 0.5 }, [{ model: 'm', provider: 'p', cost: 0.5 }]))
  for (const table of ['requests', 'usage']) {
    for (const name of table === 'usage'
      ? ['answer_ms', 'path_ms', 'compared', 'changed']
      : ['path_ms', 'changed', 'tree'])
      database.exec(`ALTER TABLE ${table} DROP COLUMN ${name}`)
  }
  database.exec(
    'DROP TABLE usage_days; DROP TABLE clients; DROP TABLE clients_revision; PRAGMA user_version = 1',
  )
  database.close()
  const { ledger } = openLedger(t, file)
  t.match(await ledger.usage({ by: ['day'] }), [{ day: '2026-01-31', requests: 1, calls: 1, cost: 0.5 }])
})
