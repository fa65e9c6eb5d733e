import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const patienceMs = 15_000
const clockTicksPerSecond = 100
const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A server in a process of its own. */
export interface Served {
  readonly origin: string
  /** Milliseconds from the start of the process to the first connection accepted. */
  readonly startedInMs: number
  /** Resident memory in MiB; undefined where there is no /proc. */
  memoryMiB: () => number | undefined
  /** Seconds of processor time used so far; undefined where there is no /proc. */
  cpuSeconds: () => number | undefined
  stop: () => Promise<void>
}

/** Runs a script with the Node that runs this one, on a free port, until it takes connections. */
export async function serve(
  script: string,
  argumentsFor: (port: number) => readonly string[],
): Promise<Served> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [script, ...argumentsFor(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  running.add(child)
  const exited = once(child, 'exit').then(() => running.delete(child))
  await listening(port, child, began + patienceMs)
  return {
    origin: `http://127.0.0.1:${port}`,
    startedInMs: performance.now() - began,
    memoryMiB: () => memoryOf(child.pid),
    cpuSeconds: () => cpuOf(child.pid),
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number, child: ChildProcess, until: number): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} has ended: ${child.exitCode}`)
    if (performance.now() > until) throw new Error(`${child.spawnargs.join(' ')} does not listen`)
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

function memoryOf(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux') return undefined
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1024
}

function cpuOf(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux') return undefined
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // Behind the name in parentheses, user and system time are the 12th and 13th field.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond
}
