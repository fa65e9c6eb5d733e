import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { RequestQuery } from '../../src/ledger/ledger.ts'
import { openDatabase } from '../../src/ledger/sqlite/database.ts'
import { readRequest, readRequests, readUsage } from '../../src/ledger/sqlite/read.ts'
import { fill, lastDay, spanMs } from './fill.ts'

// Measures how long the pages of a large ledger take: npx node bench/ledger/main.ts [--rows 1000000]

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const rows = Number(values.rows)
const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'))
try {
  const file = join(folder, 'ledger.db')
  const database = openDatabase(file)
  const startedAt = performance.now()
  fill(database, rows)
  const seconds = (performance.now() - startedAt) / 1000
  const megabytes = Math.round(statSync(file).size / 1e6)
  console.log(`${rows} requests, ${megabytes} MB, written in ${seconds.toFixed(1)} s\n`)

  const page = (query: Partial<RequestQuery>) => () =>
    readRequests(database, { equal: {}, limit: 50, ...query })
  const middle = { at: lastDay - spanMs / 2, seq: rows / 2 }
  const month = { since: lastDay - spanMs, until: lastDay }
  const queries: Readonly<Record<string, () => unknown>> = {
    'newest page': page({}),
    'page in the middle': page({ after: middle }),
    'page of 1000': page({ limit: 1000 }),
    'of one client': page({ equal: { client: 'client-7' } }),
    'of one model, in the middle': page({ equal: { model: 'model-3' }, after: middle }),
    'of a client and a chain': page({ equal: { client: 'client-7', chain: 'proxy-bon' } }),
    failed: page({ failed: true }),
    'of one code': page({ equal: { code: 'timeout' } }),
    'of nothing that exists': page({ equal: { model: 'unknown' } }),
    'one request with its calls': () => readRequest(database, `request-${rows / 2}`),
    'usage by day': () => readUsage(database, { by: ['day'], ...month }),
    'usage by day, model, client, chain': () =>
      readUsage(database, { by: ['day', 'model', 'client', 'chain'], ...month }),
  }
  let slowest = 0
  for (const [name, query] of Object.entries(queries)) {
    const median = medianMs(query)
    slowest = Math.max(slowest, median)
    console.log(`${name.padEnd(40)} ${median.toFixed(1).padStart(8)} ms`)
  }
  database.close()
  if (slowest > 100) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

function medianMs(query: () => unknown): number {
  const times = Array.from({ length: 9 }, () => {
    const startedAt = performance.now()
    query()
    return performance.now() - startedAt
  })
  return times.toSorted((one, other) => one - other)[4]!
}
