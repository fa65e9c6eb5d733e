import { syncBuiltinESMExports } from 'node:module'
import workerThreads from 'node:worker_threads'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { entryOf, openLedger } from './entries.ts'

t.test('a thread that cannot start costs a batch, and a question is refused', async t => {
  const { Worker } = workerThreads
  t.teardown(() => useWorker(Worker))
  useWorker(refuse)
  const { ledger, lines } = openLedger(t)
  ledger.record(entryOf({ id: 'lost' }))
  await t.rejects(ledger.request('lost'), { code: 'ledger_unavailable', message: /EAGAIN/ })
  t.match(ledger.counts, { written: 0, dropped: 1 })
  t.match(lines, [{ reason: 'EAGAIN' }])
  useWorker(Worker)
  ledger.record(entryOf({ id: 'kept' }))
  t.match(await ledger.request('kept'), { request: { id: 'kept' } })
})

t.test('a ledger that can be written again says so without a new entry', async t => {
  const { Worker } = workerThreads
  t.teardown(() => useWorker(Worker))
  useWorker(refuse)
  const { ledger, lines, clock } = openLedger(t)
  ledger.record(entryOf({ id: 'lost' }))
  await t.rejects(ledger.request('lost'), { code: 'ledger_unavailable' })
  await clock.pass(40)
  t.match(ledger.counts, { isFailing: true, dropped: 1 })
  useWorker(Worker)
  await clock.pass(20)
  // The thread answers in turn: what it was asked to write before is settled then.
  t.equal(await ledger.request('lost'), undefined)
  t.match(ledger.counts, { isFailing: false, written: 0, dropped: 1 })
  t.match(lines, [{ level: 40 }, { level: 30, msg: 'the ledger is written again', dropped: 1 }])
  t.equal(lines.length, 2)
  await clock.pass(3_600)
  t.equal(lines.length, 2)
})

t.test('a file that cannot be written fails a probe', async t => {
  const folder = t.testdir({})
  const file = join(folder, 'ledger.db')
  mkdirSync(file)
  const { ledger, lines, clock } = openLedger(t, file)
  ledger.record(entryOf({ id: 'lost' }))
  await t.rejects(ledger.request('lost'), { code: 'ledger_unavailable' })
  await clock.pass(40)
  await t.rejects(ledger.request('lost'), { code: 'ledger_unavailable' })
  t.match(ledger.counts, { isFailing: true, dropped: 1 })
  t.equal(lines.length, 1)
  rmSync(file, { recursive: true })
})

function refuse(): never {
  throw new Error('EAGAIN')
}

/** Changes what starts as a thread in this process. */
function useWorker(Worker: unknown): void {
  Object.assign(workerThreads, { Worker })
  syncBuiltinESMExports()
}
