import autocannon from 'autocannon'
import { Pool } from 'undici'
import type { Served } from './processes.ts'

/** Whether calls ask for a whole answer or for a stream. */
export type Kind = 'json' | 'stream'

const path = '/v1/chat/completions'
const headers = { 'content-type': 'application/json' }
const connections = 32

function bodyOf(kind: Kind): string {
  const messages = [
    { role: 'system', content: 'You are brief.' },
    {
      role: 'user',
      content: 'What does a load balancer for language models do, and what does it cost? '.repeat(4),
    },
  ]
  return JSON.stringify({ model: 'bench', messages, temperature: 0.7, stream: kind === 'stream' })
}

export interface Throughput {
  readonly perSecond: number
  /** Processor time of the server's process; undefined where it cannot be told. */
  readonly cpuMicroseconds: number | undefined
}

/** As many calls as a server takes, over 32 connections. Throws where one of them fails: figures would mean nothing. */
export async function throughput(server: Served, kind: Kind, seconds: number): Promise<Throughput> {
  const before = server.cpuSeconds()
  const result = await autocannon({
    url: server.origin + path,
    connections,
    duration: seconds,
    method: 'POST',
    headers,
    body: bodyOf(kind),
  })
  const after = server.cpuSeconds()
  const failed = result.errors + result.non2xx
  if (failed > 0) throw new Error(`${failed} calls to ${server.origin} failed`)
  const calls = result['2xx']
  return {
    perSecond: calls / result.duration,
    cpuMicroseconds:
      before === undefined || after === undefined ? undefined : ((after - before) / calls) * 1e6,
  }
}

/** Milliseconds to the end of the answer, call after call, each server in turn, so that all meet the same weather. */
export async function latencies(servers: readonly Served[], kind: Kind, calls: number): Promise<number[][]> {
  const pools = servers.map(({ origin }) => new Pool(origin, { connections: 1, allowH2: false }))
  const taken: number[][] = servers.map(() => [])
  const body = bodyOf(kind)
  for (let call = 0; call < calls; call += 1) {
    for (const [index, pool] of pools.entries()) {
      const began = performance.now()
      const response = await pool.request({ path, method: 'POST', headers, body })
      await response.body.dump()
      taken[index]?.push(performance.now() - began)
    }
  }
  await Promise.all(pools.map(pool => pool.close()))
  return taken
}

/** The value below which a share of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
