import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { Pool, PoolClient } from 'pg'
import { readPostgresUrl } from '../../text/postgres-url.ts'
import type { PostgresAddress } from '../../text/postgres-url.ts'
import { loadPostgres } from './package.ts'

export type Row = Readonly<Record<string, unknown>>

/** Runs one statement in a transaction; returns its rows. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>

interface Transaction {
  /** Milliseconds that a statement may take. */
  readonly statementMs: number
  /** Milliseconds that a statement may wait for locks of others; default: as long as it may take. */
  readonly lockMs?: number
  readonly isReadOnly?: boolean
}

/** The schema that has all tables of the ledger. */
export const schemaName = 'hulumanage'

/** Milliseconds to connect, and to wait for a connection in use. */
const connectMs = 5_000
/** Milliseconds beyond those that a statement may take after which its connection is given up: the network is gone. */
const silenceMs = 2_000
/** Type identifiers of int8, int2, int4, float4 and float8: all fit a number, as numbers is what was written. */
const numberTypes: ReadonlySet<number> = new Set([20, 21, 23, 700, 701])

/** Connections to a PostgreSQL database, opened on first use. */
export class Database {
  readonly #url: string
  readonly #maxConnections: number
  #pool: Promise<Pool> | undefined
  #closed = false

  constructor(url: string, maxConnections: number) {
    this.#url = url
    this.#maxConnections = maxConnections
  }

  /** Runs `work` in a transaction, on a connection that is dropped if anything fails. */
  async transaction<T>(
    { statementMs, lockMs = 0, isReadOnly = false }: Transaction,
    work: (query: Query) => Promise<T>,
  ): Promise<T> {
    const client = await (await this.#opened()).connect()
    const query = queryOn(client, statementMs + silenceMs)
    try {
      // Not as settings of the connection: a pooler between here and the database would refuse or mix them up. Compilation
      // (JIT) takes longer than any of these queries.
      await query(
        `BEGIN ${isReadOnly ? 'ISOLATION LEVEL REPEATABLE READ READ ONLY' : ''}; SET LOCAL search_path = ${schemaName};
         SET LOCAL statement_timeout = ${statementMs}; SET LOCAL lock_timeout = ${lockMs}; SET LOCAL jit = off`,
      )
      const result = await work(query)
      await query('COMMIT')
      client.release()
      return result
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await (await this.#pool)?.end()
  }

  #opened(): Promise<Pool> {
    if (this.#closed) throw new Error('it is closed')
    return (this.#pool ??= this.#open())
  }

  async #open(): Promise<Pool> {
    try {
      const { Pool } = await loadPostgres()
      const pool = new Pool({ ...connectionOf(readPostgresUrl(this.#url)), max: this.#maxConnections })
      // A connection that is lost rejects what runs on it; one that is idle, or between two statements, would end the
      // process without these listeners. The next use opens another one.
      pool.on('error', () => {})
      pool.on('connect', client => client.on('error', () => {}))
      return pool
    } catch (error) {
      this.#pool = undefined
      throw error
    }
  }
}

function queryOn(client: PoolClient, query_timeout: number): Query {
  return async (text, values = []) => {
    const { rows } = await client.query({
      text,
      query_timeout,
      ...(values.length > 0 && { values: [...values] }),
    })
    return rows
  }
}

function connectionOf(address: PostgresAddress) {
  const { host, port, user, password, database, given } = address
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: tlsOf(address),
    options: given.options,
    application_name: given.application_name ?? 'hulumanage',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    allowExitOnIdle: true,
    types: {
      getTypeParser: (type: number) => (numberTypes.has(type) ? Number : String),
    },
  }
}

/** The use of TLS, by the rules of PostgreSQL's own clients: only `verify-full` checks the name of the server. */
function tlsOf({ tls, given }: PostgresAddress): ConnectionOptions | false {
  if (tls === 'disable') return false
  const { sslrootcert, sslcert, sslkey } = given
  return {
    rejectUnauthorized: tls !== 'require',
    ...(tls === 'verify-ca' && { checkServerIdentity: () => undefined }),
    ...(sslrootcert !== undefined && { ca: readFileSync(sslrootcert) }),
    ...(sslcert !== undefined && { cert: readFileSync(sslcert) }),
    ...(sslkey !== undefined && { key: readFileSync(sslkey) }),
  }
}
