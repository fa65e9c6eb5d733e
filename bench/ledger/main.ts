import { parseArgs } from 'node:util'
import type { RequestQuery } from '../../src/ledger/ledger.ts'
import { entriesOf, lastDay, spanMs } from './fill.ts'
import { inFile, inPostgres } from './places.ts'

// Measures how long the pages of a large ledger take:
// npx node bench/ledger/main.ts [--rows 1000000] [--url postgres://user@host/empty]

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, url: { type: 'string' } },
})
const rows = Number(values.rows)
const place = values.url === undefined ? inFile() : await inPostgres(values.url)
try {
  const startedAt = performance.now()
  for (const entries of entriesOf(rows, place.batch)) await place.write(entries)
  const seconds = (performance.now() - startedAt) / 1000
  const megabytes = Math.round((await place.settle()) / 1e6)
  console.log(`${rows} requests, ${megabytes} MB, written in ${seconds.toFixed(1)} s\n`)

  const page = (query: Partial<RequestQuery>) => () => place.requests({ equal: {}, limit: 50, ...query })
  const middle = { at: lastDay - spanMs / 2, seq: rows / 2 }
  const month = { since: lastDay - spanMs, until: lastDay }
  const queries: Readonly<Record<string, () => Promise<unknown>>> = {
    'newest page': page({}),
    'page in the middle': page({ after: middle }),
    'page of 1000': page({ limit: 1000 }),
    'of one client': page({ equal: { client: 'client-7' } }),
    'of one model, in the middle': page({ equal: { model: 'model-3' }, after: middle }),
    'of a client and a chain': page({ equal: { client: 'client-7', chain: 'proxy-bon' } }),
    failed: page({ failed: true }),
    'of one code': page({ equal: { code: 'timeout' } }),
    'of nothing that exists': page({ equal: { model: 'unknown' } }),
    'one request with its calls': () => place.request(`request-${rows / 2}`),
    'usage by day': () => place.usage({ by: ['day'], ...month }),
    'usage by day, model, client, chain': () =>
      place.usage({ by: ['day', 'model', 'client', 'chain'], ...month }),
  }
  let slowest = 0
  for (const [name, query] of Object.entries(queries)) {
    const median = await medianMs(query)
    slowest = Math.max(slowest, median)
    console.log(`${name.padEnd(40)} ${median.toFixed(1).padStart(8)} ms`)
  }
  if (slowest > 100) process.exitCode = 1
} finally {
  await place.close()
}

async function medianMs(query: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 9; round++) {
    const startedAt = performance.now()
    await query()
    times.push(performance.now() - startedAt)
  }
  return times.toSorted((one, other) => one - other)[4]!
}
