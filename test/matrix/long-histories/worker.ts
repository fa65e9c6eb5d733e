// Sends long histories through a server of its own, and tells how much work each was. In a thread that counts before any of our
// code is compiled: in what is compiled before, only calls of functions are counted, and no runs of loops.
import { getHeapStatistics } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { WorkCounter } from '../../work.ts'

/** The work for one request. */
export interface Work {
  readonly turns: number
  /** Runs of the blocks of our code. */
  readonly runs: number
  /** Bytes that objects took, which tell of copies of lists; undefined on Node 22, which does not count them. */
  readonly bytes: number | undefined
}

/** The work for histories of a client's API at a provider of another. */
export interface Row {
  readonly api: string
  readonly provider: string
  readonly works: readonly Work[]
}

/** The APIs of the clients of each provider: all of them where each is translated, and some that are relayed. */
const pairs = {
  chats: ['chat', 'completions', 'messages', 'responses'],
  Messages: ['chat', 'messages'],
  Responses: ['messages', 'responses'],
} as const

const lengths = [100, 1_000, 4_000, 16_000]

const counter = await WorkCounter.start()
const { startOverAll } = await import('./server.ts')
const { bodies } = await import('./bodies.ts')
const { url, stop } = await startOverAll()
for (const [provider, apis] of Object.entries(pairs))
  for (const api of apis) {
    const works: Work[] = []
    for (const turns of lengths) {
      const [path, fields] = bodies[api](turns)
      const body = JSON.stringify({ model: provider, ...fields })
      const before = allocated()
      const runs = await counter.of(() => post(`${url}/v1/${path}`, body))
      const after = allocated()
      works.push({ turns, runs, bytes: after && before && after - before })
    }
    // The first loads what the others need.
    parentPort!.postMessage({ api, provider, works: works.slice(1) } satisfies Row, [])
  }
await stop()
counter.stop()

async function post(address: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(address, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw new Error(`${address}: ${response.status} ${text}`)
}

function allocated(): number | undefined {
  // Node 22 has no such field.
  return (getHeapStatistics() as { readonly total_allocated_bytes?: number }).total_allocated_bytes
}
