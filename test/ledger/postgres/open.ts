import type { Test } from 'tap'
import { PostgresLedger } from '../../../src/ledger/postgres/postgres-ledger.ts'
import { keepAll, linesLog } from '../entries.ts'

/** A ledger in PostgreSQL that closes with the test, and the lines that it logs. */
export function openPostgres(t: Test, url: string, retention = keepAll) {
  const { log, lines } = linesLog()
  const ledger = new PostgresLedger({ url, retention }, log)
  t.teardown(() => ledger.close())
  return { ledger, lines }
}
