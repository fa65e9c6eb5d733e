import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { entryOf } from '../entries.ts'
import { openPostgres } from './open.ts'
import { noPostgres, PostgresServer } from './server.ts'

const pemOf = (name: string) => join(import.meta.dirname, '..', '..', 'matrix', 'certificates', `${name}.pem`)

t.test('TLS to PostgreSQL', { skip: noPostgres }, async t => {
  const server = await PostgresServer.start(t)
  await server.kill()
  const useCertificate = async (name: string): Promise<void> => {
    const file = join(server.folder, `${name}.pem`)
    copyFileSync(pemOf(name), file)
    // It refuses a key that others may read.
    chmodSync(file, 0o600)
    const { uid, gid } = statSync(join(server.folder, 'data'))
    chownSync(file, uid, gid)
    await server.launch('ssl=on', `ssl_cert_file=${file}`, `ssl_key_file=${file}`)
  }
  const outcome = async (query: string): Promise<string> => {
    const { ledger } = openPostgres(t, `${server.url()}?${query}`)
    ledger.record(entryOf({ id: query }))
    try {
      await ledger.request(query)
      const [row] = await server.query(
        "SELECT count(*)::int AS encrypted FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'hulumanage'",
      )
      return Number(row?.['encrypted']) > 0 ? 'encrypted' : 'plain'
    } catch (error) {
      return (error as Error).message
    } finally {
      await ledger.close()
    }
  }

  await t.test('sslmode decides whether a connection is encrypted and what is checked', async t => {
    await useCertificate('good')
    const good = `sslrootcert=${encodeURIComponent(pemOf('good'))}`
    t.equal(await outcome(''), 'plain')
    t.equal(await outcome('sslmode=require'), 'encrypted')
    t.match(await outcome('sslmode=verify-full'), /self-signed certificate/)
    t.equal(await outcome(`sslmode=verify-full&${good}`), 'encrypted')
  })

  await t.test('only verify-full checks the name of the server', async t => {
    await server.kill()
    await useCertificate('other')
    const other = `sslrootcert=${encodeURIComponent(pemOf('other'))}`
    t.equal(await outcome(`sslmode=verify-ca&${other}`), 'encrypted')
    t.match(await outcome(`sslmode=verify-full&${other}`), /does not match certificate/)
    t.match(
      await outcome(`sslmode=verify-ca&sslrootcert=${encodeURIComponent(pemOf('good'))}`),
      /self-signed|unable to verify/,
    )
  })

  await t.test('a server without TLS is not used when it is asked for', async t => {
    await server.kill()
    await server.launch('ssl=off')
    t.match(await outcome('sslmode=require'), /does not support SSL/)
  })
})
