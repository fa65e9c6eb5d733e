import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchFailure } from '../failure.ts'
import { run } from '../processes.ts'

/** The request that wrk repeats. */
export interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WrkSettings {
  readonly connections: number
  readonly seconds: number
  readonly cores: readonly number[]
  /** A folder for the script. */
  readonly folder: string
}

/** The counts of wrk for one burst. */
export interface WrkResult {
  readonly requests: number
  readonly seconds: number
  readonly bytes: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Loads a server with as many requests as it takes; throws a `BenchFailure` if one of them fails. */
export async function wrk(target: Target, settings: WrkSettings): Promise<WrkResult> {
  const script = join(settings.folder, 'wrk.lua')
  writeFileSync(script, wrkScript(target))
  const output = await run({
    command: [
      'wrk',
      '--threads=1',
      `--connections=${settings.connections}`,
      `--duration=${settings.seconds}s`,
      '--timeout=10s',
      `--script=${script}`,
      target.url,
    ],
    cores: settings.cores,
  })
  return readWrkOutput(output, target.url)
}

/** The request is built once: a script that has a function for each request would make wrk slower. */
export function wrkScript({ headers, body }: Target): string {
  const counts = ['connect', 'read', 'write', 'status', 'timeout']
  return `wrk.method = "POST"
wrk.body = ${luaString(body)}
wrk.headers["content-type"] = "application/json"
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers[ ${luaString(name)} ] = ${luaString(value)}\n`)
  .join('')}
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\nRESULT %d %d %d %d %d ${counts.map(() => '%d').join(' ')}\\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    ${counts.map(name => `errors.${name}`).join(', ')}))
end
`
}

/** The line that the script prints; throws a `BenchFailure` if it is missing or counts a failure. */
export function readWrkOutput(output: string, url: string): WrkResult {
  const line = /^RESULT ([\d ]+)$/m.exec(output)?.[1]
  if (line === undefined) throw new BenchFailure(`wrk printed no result for ${url}:\n${output}`)
  const [requests = 0, microseconds = 0, bytes = 0, p50 = 0, p99 = 0, ...failures] = line
    .split(' ')
    .map(Number)
  const [connect = 0, read = 0, write = 0, status = 0, timeout = 0] = failures
  if (connect + read + write + status + timeout > 0) {
    throw new BenchFailure(
      `requests to ${url} failed, so its figures mean nothing: ${status} answers above 399, ${connect} failed ` +
        `connections, ${read} broken reads, ${write} broken writes, ${timeout} timeouts`,
    )
  }
  if (requests === 0) throw new BenchFailure(`${url} answered nothing in a whole burst`)
  return { requests, seconds: microseconds / 1e6, bytes, p50Ms: p50 / 1000, p99Ms: p99 / 1000 }
}

/** In brackets of its own it needs a space around it: `[[` begins another kind of string. */
function luaString(text: string): string {
  return `[==[${text}]==]`
}
