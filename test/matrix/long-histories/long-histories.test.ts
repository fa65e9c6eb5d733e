import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import type { Row } from './worker.ts'

/** Times the runs that four times as many turns may cost: about four, and far from sixteen. */
const mostRuns = 4.3
/** The same for bytes, of which the engine saves some. */
const mostBytes = 6

t.test('the work for a history grows as its turns do', async t => {
  const rows: Row[] = []
  // Without what prepares other threads of a test: code from a cache is compiled already.
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { execArgv: [], env: {} })
  worker.on('message', (row: Row) => void rows.push(row))
  await once(worker, 'exit')
  t.equal(rows.length, 8)
  for (const { api, provider, works } of rows)
    t.test(`${api} at a provider of ${provider}`, async t => {
      const told = JSON.stringify(works)
      for (const [index, { runs, bytes }] of works.slice(1).entries()) {
        const before = works[index]!
        t.ok(runs < mostRuns * before.runs, told)
        if (bytes !== undefined) t.ok(bytes < mostBytes * before.bytes!, told)
      }
    })
})
