import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../../src/ledger/sqlite/database.ts'
import { readUsage } from '../../src/ledger/sqlite/read.ts'
import { prune, usedBytes } from '../../src/ledger/sqlite/retention.ts'
import { valueOf } from '../../src/ledger/sqlite/schema.ts'
import { Writer } from '../../src/ledger/sqlite/write.ts'
import { keepAll, noon, openLedger, valuesOf, withFile } from './entries.ts'
import { testRetention } from './rules/retention.ts'

const dayMs = 86_400_000

t.test('retention in SQLite', async t => {
  await testRetention(t, async t => {
    const file = join(t.testdir({}), 'ledger.db')
    return {
      open: () => openLedger(t, file),
      prune: async (retention, now) =>
        await withFile(file, database => {
          while (prune(database, retention, now)) continue
        }),
      bytes: async () => await withFile(file, usedBytes),
    }
  })
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
