import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { freePort, startServer } from '../throughput/processes.ts'
import type { Served } from '../throughput/processes.ts'
import { configurations } from './configurations.ts'

// Counts what two servers ask of the Redis that they share: npx node bench/shared/main.ts [--requests 2000]

/** Requests that run at once at each server. */
const concurrency = 16
const commands = ['evalsha', 'get', 'set', 'publish'] as const

interface Usage {
  readonly calls: Readonly<Record<string, number>>
  /** Microseconds of Redis. */
  readonly microseconds: number
  readonly received: number
  readonly sent: number
}

const { values } = parseArgs({ options: { requests: { type: 'string', default: '2000' } } })
const requests = Number(values.requests)
const folder = mkdtempSync(join(tmpdir(), 'shared-bench-'))
const cores = Array.from({ length: availableParallelism() }, (_, core) => core)
const redisPort = await freePort()
const store = await startServer(
  { command: ['redis-server', '--port', `${redisPort}`, '--save', ''], cores, folder },
  redisPort,
  join(folder, 'redis.log'),
)
const redis = new Redis(redisPort)
try {
  const rows = []
  for (const [name, text] of Object.entries(configurations)) rows.push(await measure(name, text))
  console.log(`Two servers, ${requests} requests, ${2 * concurrency} at a time; figures for one request\n`)
  console.table(Object.fromEntries(rows))
} finally {
  redis.disconnect()
  await store.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** The cost of a request to Redis under a configuration, beyond what the servers ask of it while they are idle. */
async function measure(name: string, text: string): Promise<[string, object]> {
  await redis.flushall()
  const file = join(folder, 'hulumanage.yaml')
  writeFileSync(
    file,
    `${text}\nredis: { url: 'redis://127.0.0.1:${redisPort}', timeout: 5 }\nledger: false\n`,
  )
  const servers = await Promise.all([startOne(file, 0), startOne(file, 1)])
  try {
    await sendAll(servers, requests / 4)
    const before = await usageOf()
    const startedAt = performance.now()
    await sendAll(servers, requests)
    const tookMs = performance.now() - startedAt
    const after = await usageOf()
    await new Promise(resolve => setTimeout(resolve, tookMs))
    return [name, rowOf(before, after, await usageOf())]
  } finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}

function rowOf(before: Usage, after: Usage, idle: Usage): object {
  const perRequest = (pick: (usage: Usage) => number): number => {
    const busy = pick(after) - pick(before)
    return Math.max(0, busy - (pick(idle) - pick(after))) / requests
  }
  const row: Record<string, string> = {}
  for (const command of commands) row[command] = perRequest(({ calls }) => calls[command] ?? 0).toFixed(2)
  row['bytes to Redis'] = perRequest(({ received }) => received).toFixed(0)
  row['bytes from it'] = perRequest(({ sent }) => sent).toFixed(0)
  row['us of Redis'] = perRequest(({ microseconds }) => microseconds).toFixed(1)
  return row
}

async function startOne(config: string, index: number): Promise<Served> {
  const port = await freePort()
  const bin = join(import.meta.dirname, '../../bin/hulumanage.js')
  const command = [process.execPath, bin, 'serve', `--config=${config}`, `--port=${port}`]
  return await startServer({ command, cores, folder }, port, join(folder, `${index}.log`))
}

/** Sends requests to the servers in turn, each question twice. */
async function sendAll(servers: readonly Served[], count: number): Promise<void> {
  let next = 0
  const send = async () => {
    while (next < count) {
      const index = next++
      const { port } = servers[index % servers.length]!
      const messages = [{ role: 'user', content: `Question ${count}-${index >> 2}` }]
      const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sk-of-the-bench' },
        body: JSON.stringify({ model: 'gpt-4', messages }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${response.status}: ${text}`)
    }
  }
  await Promise.all(Array.from({ length: servers.length * concurrency }, send))
}

/** The counters of Redis; those of commands inside scripts included. */
async function usageOf(): Promise<Usage> {
  const [stats, net] = await Promise.all([redis.info('commandstats'), redis.info('stats')])
  const calls: Record<string, number> = {}
  let microseconds = 0
  for (const [, command, count, time] of stats.matchAll(/cmdstat_(\w+):calls=(\d+),usec=(\d+)/g)) {
    calls[command!] = Number(count)
    // The time of a script includes that of its commands.
    if (['evalsha', 'get', 'set', 'hgetall'].includes(command!)) microseconds += Number(time)
  }
  const figure = (name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(net)?.[1])
  return {
    calls,
    microseconds,
    received: figure('total_net_input_bytes'),
    sent: figure('total_net_output_bytes'),
  }
}
