import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { EntryQueue } from '../../src/ledger/queue/entry-queue.ts'
import { silentLog } from '../silent-log.ts'

t.test('the first entry is sent at once, so that a stop need not start what writes; others wait', async t => {
  const sent: number[] = []
  const send = (_values: unknown, count: number) => sent.push(count)
  const queue = new EntryQueue({ name: 'ledger', log: silentLog, send, probe: () => {} })
  const entry = { encode: () => {} }
  queue.record(entry)
  await nextTurn()
  t.strictSame(sent, [1])
  queue.record(entry)
  queue.record(entry)
  await nextTurn()
  t.strictSame(sent, [1])
  queue.close()
  t.strictSame(sent, [1, 2])
})
