// `node bench/walk/main.ts [--files] [CHECKOUT]`: how much code one request runs through, by kind of request.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../docs/generate/table.ts'
import { startWatched } from '../trips/server.ts'
import type { WatchedServer } from '../trips/server.ts'
import { travel, trips } from '../trips/trips.ts'
import type { Walked } from './counter.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { files: { type: 'boolean' } } })
const checkout = resolve(positionals[0] ?? join(import.meta.dirname, '../..'))

const server = await startWatched(checkout, {
  execArgv: ['--import', join(import.meta.dirname, 'counter.ts')],
})
const rows: string[][] = [['trip', 'files', 'functions', 'calls']]
for (const [name, trip] of Object.entries(trips)) {
  for (let warm = 0; warm < 3; warm++) await travel(server.url, trip)
  await taken(server)
  await travel(server.url, trip)
  const { files, functions, calls } = await taken(server)
  rows.push([name, String(files.length), String(functions), String(calls)])
  if (values.files) console.log(`${name}\n  ${files.toSorted().join('\n  ')}`)
}
console.log(table(rows))
await server.stop()

/** The code that has run since the last call. Waits a moment first, so that what a request leaves behind is over. */
async function taken({ ask }: WatchedServer): Promise<Walked> {
  await new Promise(resolvePause => setTimeout(resolvePause, 100))
  return (await ask(`${checkout}/`)) as Walked
}
