import t from 'tap'
import type { Test } from 'tap'
import { openDatabase } from '../../src/ledger/sqlite/database.ts'
import { readRequest, readRequests, readUsage } from '../../src/ledger/sqlite/read.ts'
import { prune, usedBytes } from '../../src/ledger/sqlite/retention.ts'
import { valueOf } from '../../src/ledger/sqlite/schema.ts'
import { Writer } from '../../src/ledger/sqlite/write.ts'
import { keepAll, noon, valuesOf } from './entries.ts'

const dayMs = 86_400_000

function ledgerWith(t: Test, entries: readonly number[]) {
  const database = openDatabase(':memory:')
  t.teardown(() => database.close())
  const call = { n: 0, path: 'x'.repeat(200) }
  new Writer(database).write(entries.flatMap((at, index) => valuesOf({ id: `r${index}`, at }, [call])))
  return database
}

t.test('requests and their calls are deleted after their days, usage after its own', async t => {
  const database = ledgerWith(t, [noon, noon + dayMs, noon + 3 * dayMs])
  const now = noon + 3 * dayMs + 1
  t.equal(prune(database, { ...keepAll, days: 2 }, now), false)
  t.same(
    readRequests(database, { equal: {}, limit: 10 }).rows.map(({ id }) => id),
    ['r2'],
  )
  t.equal(readRequest(database, 'r2')?.calls.length, 1)
  t.equal(valueOf(database, 'SELECT count(*) FROM calls'), 1)
  t.equal(readUsage(database, { by: ['day'] }).length, 3)
  prune(database, { ...keepAll, usageDays: 1 }, now)
  t.match(readUsage(database, { by: ['day'] }), [{ day: '2026-02-03' }])
})

t.test('the oldest requests are deleted first while the ledger is too large', async t => {
  const starts = Array.from({ length: 6_000 }, (_, index) => noon + index)
  const database = ledgerWith(t, starts.toReversed())
  const half = usedBytes(database) / 2
  const retention = { ...keepAll, maxBytes: half }
  while (prune(database, retention, noon + dayMs)) continue
  t.ok(usedBytes(database) <= half)
  const left = Number(valueOf(database, 'SELECT count(*) FROM requests'))
  t.ok(left > 0)
  t.equal(valueOf(database, 'SELECT min(at) FROM requests'), noon + 6_000 - left)
  t.equal(valueOf(database, 'SELECT count(*) FROM calls'), left)
  t.match(readUsage(database, { by: [] }), [{ requests: 6_000 }])
})

t.test('sums of made-up models leave before requests of others, and the ledger keeps its size', async t => {
  const database = openDatabase(':memory:')
  t.teardown(() => database.close())
  const writer = new Writer(database)
  const tokens = { provider: 'p', model: 'm', prompt: 10, completion: 5 }
  for (let index = 0; index < 200; index++)
    writer.write(valuesOf({ id: `r${index}`, at: noon, ...tokens }, [{ n: 0, ...tokens }]))
  const retention = { ...keepAll, maxBytes: usedBytes(database) * 2 }
  const madeUp = Array.from({ length: 6_000 }, (_, index) =>
    valuesOf({ id: `x${index}`, at: noon - 1, code: 'unknown_model', model: `${'x'.repeat(70)}${index}` }),
  )
  writer.write(...madeUp)
  while (prune(database, retention, noon + dayMs)) continue
  t.ok(usedBytes(database) <= retention.maxBytes)
  t.equal(valueOf(database, "SELECT count(*) FROM requests WHERE model = 'm'"), 200)
  t.match(
    readUsage(database, { by: ['model'] }).filter(({ model }) => model === 'm'),
    [{ requests: 200, prompt: 2_000 }],
  )
})
