import { syncBuiltinESMExports } from 'node:module'
import workerThreads from 'node:worker_threads'
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

function refuse(): never {
  throw new Error('EAGAIN')
}

/** Changes what starts as a thread in this process. */
function useWorker(Worker: unknown): void {
  Object.assign(workerThreads, { Worker })
  syncBuiltinESMExports()
}
