import type { Test } from 'tap'
import { PostgresLedger } from '../../../src/ledger/postgres/postgres-ledger.ts'
import { TestClock } from '../../test-clock.ts'
import { keepAll, linesLog } from '../entries.ts'

/**
 * A ledger in PostgreSQL that closes with the test, the lines that it logs, and the clock without which none of its limits run
 * out: however busy the machine is, a question waits for what was recorded before, and a close for the rest.
 */
export function openPostgres(t: Test, url: string, retention = keepAll) {
  const clock = TestClock.start(t, { isPatient: true })
  const { log, lines } = linesLog()
  const ledger = new PostgresLedger({ url, retention }, log)
  t.teardown(() => ledger.close())
  return { ledger, lines, clock }
}
