import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { BenchFailure } from './failure.ts'

const patienceMs = 15_000
const running = new Set<ChildProcess>()

// Each child leads a process group, so that workers end with it, however this process ends.
process.once('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

/** A server in processes of its own, on cores of its own. */
export interface Served {
  readonly pid: number
  readonly port: number
  /** Milliseconds from the start of the process to the first accepted connection. */
  readonly startedInMs: number
  stop: () => Promise<void>
}

/** A program and the cores that it may use. */
export interface Pinned {
  readonly command: readonly string[]
  readonly cores: readonly number[]
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
}

/** Starts a server, with a file for what it prints, and waits until it accepts connections on the port. */
export async function startServer(pinned: Pinned, port: number, log: string): Promise<Served> {
  const output = openSync(log, 'a')
  const began = performance.now()
  const child = start(pinned, ['ignore', output, output])
  closeSync(output)
  const ended = once(child, 'exit')
  await accepting(port, child, began + patienceMs, log)
  return {
    pid: child.pid ?? Number.NaN,
    port,
    startedInMs: performance.now() - began,
    stop: async () => {
      const killing = setTimeout(() => signalGroup(child, 'SIGKILL'), patienceMs)
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await ended
      clearTimeout(killing)
    },
  }
}

/** Runs a program to its end and returns what it printed; throws a `BenchFailure` if it fails. */
export async function run(pinned: Pinned): Promise<string> {
  const child = start(pinned, ['ignore', 'pipe', 'inherit'])
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  await once(child, 'close')
  if (child.exitCode !== 0) throw new BenchFailure(`${nameOf(child)} has failed:\n${output}`)
  return output
}

/** A program of ours that answers each line of its standard input with a line of JSON. */
export interface Helper<Line> {
  /** The next answer; throws a `BenchFailure` if the program has ended. */
  ask: () => Promise<Line>
  stop: () => Promise<void>
}

/** Starts a program that ends with its standard input. */
export function startHelper<Line>(pinned: Pinned): Helper<Line> {
  const child = start(pinned, ['pipe', 'pipe', 'inherit'])
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  // It may have ended before it is asked.
  child.stdin!.on('error', () => {})
  return {
    ask: async () => {
      child.stdin!.write('\n')
      const { value, done } = await lines.next()
      if (done) throw new BenchFailure(`${nameOf(child)} has ended`)
      return JSON.parse(value) as Line
    },
    stop: async () => {
      child.stdin!.end()
      await ended
    },
  }
}

/** A port that was free a moment ago; nothing keeps others from it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** `taskset` becomes the program: the process is the one that was started. */
function start({ command, cores, env, folder }: Pinned, stdio: StdioOptions): ChildProcess {
  const child = spawn('taskset', ['-c', cores.join(','), ...command], {
    stdio,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    cwd: folder,
    detached: true,
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It has ended by itself.
  }
}

async function accepting(port: number, child: ChildProcess, until: number, log: string): Promise<void> {
  const fail = (what: string) => new BenchFailure(`${nameOf(child)} ${what}:\n${readFileSync(log, 'utf8')}`)
  while (!(await accepts(port))) {
    const end = child.exitCode ?? child.signalCode
    if (end !== null) throw fail(`has ended with ${end}`)
    if (performance.now() > until) throw fail(`does not listen on port ${port}`)
    await sleep(2)
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function nameOf(child: ChildProcess): string {
  return child.spawnargs.slice(3).join(' ')
}
