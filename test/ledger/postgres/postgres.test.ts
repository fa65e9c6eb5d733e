import t from 'tap'
import type { Test } from 'tap'
import { schemaVersion } from '../../../src/ledger/postgres/schema.ts'
import { entryOf, noon } from '../entries.ts'
import { testClients } from '../rules/clients.ts'
import { testRequests } from '../rules/requests.ts'
import { testUsage } from '../rules/usage.ts'
import { testVersions } from '../rules/versions.ts'
import { openPostgres } from './open.ts'
import { noPostgres, PostgresServer } from './server.ts'

const midnight = noon - 43_200_000

t.test('a ledger in PostgreSQL', { skip: noPostgres }, async t => {
  const server = await PostgresServer.start(t)
  const inDatabase = async (t: Test) => {
    const url = await server.emptyDatabase()
    return { open: () => openPostgres(t, url) }
  }
  await testRequests(t, inDatabase)
  await testUsage(t, inDatabase)
  await testClients(t, inDatabase)
  await testVersions(t, async t => {
    const url = await server.emptyDatabase()
    return {
      open: () => openPostgres(t, url),
      current: schemaVersion,
      version: async () => {
        const [row] = await server.query('SELECT version::int FROM hulumanage.version', url)
        return Number(row?.['version'])
      },
      setVersion: async version => {
        await server.query(`UPDATE hulumanage.version SET version = ${version}`, url)
      },
      keepCallsAsRows: async path => {
        await server.query(
          `SET search_path = hulumanage;
           CREATE TABLE calls_20260131 PARTITION OF calls FOR VALUES FROM (${midnight}) TO (${midnight + 86_400_000});
           INSERT INTO calls (at, request, n, kind, path, model) SELECT at, seq, 0, 'call', '${path}', 'm' FROM requests;
           ALTER TABLE requests DROP COLUMN tree; UPDATE version SET version = 1`,
          url,
        )
      },
    }
  })

  await t.test('an empty schema that somebody else has prepared gets its tables', async t => {
    const url = await server.emptyDatabase()
    await server.query(
      `CREATE ROLE keeper LOGIN; CREATE SCHEMA hulumanage AUTHORIZATION keeper;
       REVOKE CREATE ON DATABASE postgres FROM PUBLIC`,
      url,
    )
    const { ledger, lines } = openPostgres(t, url.replace('tester', 'keeper'))
    ledger.record(entryOf({ id: 'first' }))
    t.match(await ledger.request('first'), { request: { id: 'first' } })
    t.same(lines, [])
  })
})
