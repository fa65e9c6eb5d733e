import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import type { Test } from 'tap'
import { callColumns, requestColumns } from '../../src/ledger/columns.ts'
import type { CallRow, RequestRow, Value } from '../../src/ledger/columns.ts'
import type { Entry } from '../../src/ledger/ledger.ts'
import type { Retention } from '../../src/ledger/retention.ts'
import { ThreadLedger } from '../../src/ledger/thread/thread-ledger.ts'
import { treeOf } from '../../src/ledger/tree.ts'
import { TestClock } from '../test-clock.ts'

export const noon = Date.UTC(2026, 0, 31, 12)

export function requestOf(facts: Partial<RequestRow> = {}): RequestRow {
  const empty = Object.fromEntries(requestColumns.map(name => [name, null])) as unknown as RequestRow
  return {
    ...empty,
    id: 'r',
    at: noon,
    ms: 5,
    route: '/v1/chat/completions',
    status: 200,
    calls: 1,
    ...facts,
  }
}

export function callOf(facts: Partial<CallRow> = {}): CallRow {
  const empty = Object.fromEntries(callColumns.map(name => [name, null])) as unknown as CallRow
  return { ...empty, n: 0, kind: 'call', path: 'none', start_ms: 0, ms: 4, outcome: 'ok', ...facts }
}

/** An entry as a server would record it. */
export function entryOf(request: Partial<RequestRow> = {}, calls: readonly Partial<CallRow>[] = []): Entry {
  return { encode: values => values.push(...valuesOf(request, calls)) }
}

export function valuesOf(facts: Partial<RequestRow>, calls: readonly Partial<CallRow>[] = []): Value[] {
  const request = requestOf(facts)
  return [...requestColumns.map(column => request[column]), treeOf(calls.map(callOf), request)]
}

export const keepAll: Retention = { days: 36_500, usageDays: 36_500, maxBytes: 1e9 }

/**
 * A ledger that closes with the test, the lines that it logs, and the clock without which none of its limits run out: however
 * late the machine lets its thread start, a close waits for what was recorded.
 */
export function openLedger(t: Test, path = ':memory:', retention = keepAll) {
  const clock = TestClock.start(t, { isPatient: true })
  const { log, lines } = linesLog()
  const ledger = new ThreadLedger({ path, retention }, log)
  t.teardown(() => ledger.close())
  return { ledger, lines, clock }
}

/** Works with the file of a ledger as no ledger would: its version is not looked at. */
export async function withFile<T>(file: string, work: (database: DatabaseSync) => T): Promise<T> {
  const database = new DatabaseSync(file)
  try {
    return await Promise.resolve(work(database))
  } finally {
    database.close()
  }
}

/** A log, and the lines that are written to it. */
export function linesLog() {
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  return { log, lines }
}
