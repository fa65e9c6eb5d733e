import t from 'tap'
import type { Test } from 'tap'
import type { UsageQuery } from '../../../src/ledger/ledger.ts'
import { Database } from '../../../src/ledger/postgres/database.ts'
import type { Query } from '../../../src/ledger/postgres/database.ts'
import { partitionedDays } from '../../../src/ledger/postgres/partitions.ts'
import { readRequests, readUsage } from '../../../src/ledger/postgres/read.ts'
import { deletionLock, prune } from '../../../src/ledger/postgres/retention.ts'
import { entryOf, keepAll, noon } from '../entries.ts'
import { testRetention } from '../rules/retention.ts'
import { openPostgres } from './open.ts'
import { noPostgres, PostgresServer } from './server.ts'

const dayMs = 86_400_000
const firstDay = Math.floor(noon / dayMs)
const page = { equal: {}, limit: 10 }
const tokens = { model: 'm', prompt: 10, completion: 5 }

t.test('retention in PostgreSQL', { skip: noPostgres }, async t => {
  const server = await PostgresServer.start(t)

  await testRetention(t, async t => {
    const url = await server.emptyDatabase()
    return {
      open: () => openPostgres(t, url),
      prune: async (retention, now) => {
        const database = new Database(url, 1)
        await prune(database, retention, now)
        await database.close()
      },
      bytes: async () => {
        const size = 'sum(pg_total_relation_size(oid))::float8 AS bytes'
        const [row] = await server.query(
          `SELECT ${size} FROM pg_class WHERE relnamespace = 'hulumanage'::regnamespace AND relkind = 'r'`,
          url,
        )
        return Number(row?.['bytes'])
      },
    }
  })

  /** A database that a ledger with a request on each of some days has left behind. */
  async function filled(t: Test, days: readonly number[]) {
    const url = await server.emptyDatabase()
    const { ledger } = openPostgres(t, url)
    for (const day of days)
      ledger.record(entryOf({ id: `day ${day}`, at: noon + day * dayMs, model: 'm' }, [tokens]))
    await ledger.requests(page)
    // An open one tidies up by itself, and only one deletes at a time.
    await ledger.close()
    const database = new Database(url, 1)
    t.teardown(() => database.close())
    const ask = async <T>(work: (query: Query) => Promise<T>) =>
      await database.transaction({ statementMs: 30_000, isReadOnly: true }, work)
    const ids = async () => (await ask(query => readRequests(query, page))).rows.map(({ id }) => id)
    const usage = async (asked: UsageQuery) => await ask(query => readUsage(query, asked))
    /** The days that have partitions, of those with requests. */
    const partitions = async () =>
      (await ask(partitionedDays)).map(({ day }) => day - firstDay).filter(day => days.includes(day))
    return { database, ids, usage, partitions, url }
  }

  await t.test(
    'a day leaves once all of it is too old or the ledger is too large, and the newest stays',
    async t => {
      const { database, ids, partitions } = await filled(t, [0, 1, 2, 3])
      await prune(database, { ...keepAll, days: 2 }, noon + 3 * dayMs)
      t.same(await ids(), ['day 3', 'day 2', 'day 1'], 'a part of day 1 is not too old')
      t.same(await partitions(), [1, 2, 3])
      await prune(database, { ...keepAll, maxBytes: 1 }, noon + 3 * dayMs)
      t.same(await ids(), ['day 3'])
      t.same(await partitions(), [3])
    },
  )

  await t.test('sums of made-up models leave before those of others', async t => {
    const { database, usage, url } = await filled(t, [0])
    await server.query(
      `INSERT INTO hulumanage.usage (hour, client, chain, provider, model, requests, prompt, completion)
       SELECT 900000, '', '', '', 'x' || i, 1, 0, 0 FROM generate_series(1, 5000) AS i`,
      url,
    )
    await prune(database, { ...keepAll, maxBytes: 1024 * 1024 }, noon)
    const models = (await usage({ by: ['model'], since: 1 })).map(({ model }) => model)
    t.ok(models.length < 400)
    t.ok(models.includes('m'))
  })

  await t.test('of several servers, one deletes at a time', async t => {
    const { database, partitions, url } = await filled(t, [0, 1])
    const other = new Database(url, 1)
    t.teardown(() => other.close())
    const pruneAll = async () => await prune(database, { ...keepAll, days: 1 }, noon + 5 * dayMs)
    await other.transaction({ statementMs: 30_000 }, async query => {
      await query(`SELECT pg_advisory_xact_lock(${deletionLock})`)
      await pruneAll()
      t.same(await partitions(), [0, 1])
    })
    await pruneAll()
    t.same(await partitions(), [])
  })

  await t.test('a long read delays a deletion, and is not delayed by it', async t => {
    const { database, partitions, url } = await filled(t, [0, 1])
    const reader = new Database(url, 1)
    t.teardown(() => reader.close())
    await reader.transaction({ statementMs: 20_000, isReadOnly: true }, async query => {
      await query('SELECT FROM requests')
      await t.rejects(prune(database, { ...keepAll, days: 1 }, noon + 5 * dayMs), { message: /lock timeout/ })
    })
    t.same(await partitions(), [0, 1])
    await prune(database, { ...keepAll, days: 1 }, noon + 5 * dayMs)
    t.same(await partitions(), [])
  })
})
