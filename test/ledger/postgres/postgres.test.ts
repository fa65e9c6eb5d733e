import t from 'tap'
import type { Test } from 'tap'
import { testClients } from '../rules/clients.ts'
import { testRequests } from '../rules/requests.ts'
import { testUsage } from '../rules/usage.ts'
import { openPostgres } from './open.ts'
import { noPostgres, PostgresServer } from './server.ts'

t.test('a ledger in PostgreSQL', { skip: noPostgres }, async t => {
  const server = await PostgresServer.start(t)
  const inDatabase = async (t: Test) => {
    const url = await server.emptyDatabase()
    return { open: () => openPostgres(t, url) }
  }
  await testRequests(t, inDatabase)
  await testUsage(t, inDatabase)
  await testClients(t, inDatabase)
})
