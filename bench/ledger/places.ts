import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  RecordedRequest,
  RequestPage,
  RequestQuery,
  UsageQuery,
  UsageRow,
} from '../../src/ledger/ledger.ts'
import { Database } from '../../src/ledger/postgres/database.ts'
import type { Query } from '../../src/ledger/postgres/database.ts'
import { Partitions } from '../../src/ledger/postgres/partitions.ts'
import * as postgres from '../../src/ledger/postgres/read.ts'
import { migrate } from '../../src/ledger/postgres/schema.ts'
import { WriteBatch } from '../../src/ledger/postgres/write-batch.ts'
import { writeBatches } from '../../src/ledger/postgres/write.ts'
import { openDatabase } from '../../src/ledger/sqlite/database.ts'
import * as sqlite from '../../src/ledger/sqlite/read.ts'
import { Writer } from '../../src/ledger/sqlite/write.ts'
import type { Entries } from './fill.ts'

/** A place that a ledger is measured in. */
export interface Place {
  /** Entries that are written together. */
  readonly batch: number
  write: (entries: Entries) => Promise<void>
  /** Prepares what is written for questions; returns its bytes. */
  settle: () => Promise<number>
  requests: (query: RequestQuery) => Promise<RequestPage>
  request: (id: string) => Promise<RecordedRequest | undefined>
  usage: (query: UsageQuery) => Promise<readonly UsageRow[]>
  close: () => Promise<void>
}

/** An SQLite file that is removed afterwards. */
export function inFile(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'))
  const file = join(folder, 'ledger.db')
  const database = openDatabase(file)
  const writer = new Writer(database)
  return {
    batch: 5_000,
    write: async ({ values }) => writer.write(values),
    settle: async () => statSync(file).size,
    requests: async query => sqlite.readRequests(database, query),
    request: async id => sqlite.readRequest(database, id),
    usage: async query => sqlite.readUsage(database, query),
    close: async () => {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** An empty PostgreSQL database, which keeps what is written. */
export async function inPostgres(url: string): Promise<Place> {
  const database = new Database(url, 1)
  await migrate(database)
  const partitions = new Partitions(database)
  const read = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
    database.transaction({ statementMs: 10_000, isReadOnly: true }, work)
  return {
    batch: 1_000,
    write: async ({ values, count }) => {
      const batch = new WriteBatch(values, count)
      await partitions.ensure(batch.days)
      await database.transaction({ statementMs: 30_000 }, query => writeBatches(query, [batch]))
    },
    settle: async () => {
      // As its own service does within minutes.
      await database.transaction({ statementMs: 300_000 }, query => query('ANALYZE'))
      const [row] = await read(query => query('SELECT pg_database_size(current_database()) AS bytes'))
      return Number(row?.['bytes'])
    },
    requests: query => read(run => postgres.readRequests(run, query)),
    request: id => read(run => postgres.readRequest(run, id)),
    usage: query => read(run => postgres.readUsage(run, query)),
    close: () => database.close(),
  }
}
