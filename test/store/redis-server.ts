import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../fake-provider/ports.ts'
import type { Owner } from '../fake-provider/ports.ts'

const program = 'redis-server'

/** The reason to skip tests with a real Redis; false if there is one. With `HULUMANAGE_TEST_REDIS` set there must be. */
export const noRedis: string | false =
  process.env['HULUMANAGE_TEST_REDIS'] || spawnSync(program, ['--version']).status === 0
    ? false
    : 'no redis-server; install it with: apt-get install redis-server'

/** A real Redis for one test, which writes nothing to disk. */
export class RedisServer {
  readonly port: number
  #process: ChildProcess

  private constructor(port: number, process: ChildProcess) {
    this.port = port
    this.#process = process
  }

  /** Starts one, with more options. */
  static async start(t: Owner, ...more: readonly string[]): Promise<RedisServer> {
    const port = await freePort()
    const server = new RedisServer(port, await launch(port, more))
    t.teardown(() => server.kill())
    return server
  }

  /** Starts a copy of another one. Resolves when it is up to date. */
  static async startReplica(t: Owner, master: RedisServer): Promise<RedisServer> {
    const replica = await RedisServer.start(t, ...replicaOf(master))
    while (!(await replica.command('INFO', 'replication')).includes('master_link_status:up')) continue
    while (!(await master.command('INFO', 'replication')).includes('state=online')) continue
    return replica
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Stays connected but answers nothing until `resume`. */
  pause(): void {
    this.#process.kill('SIGSTOP')
  }

  resume(): void {
    this.#process.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  /** Starts it again on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill()
    this.#process = await launch(this.port)
  }

  /** Sends a command as `redis-cli` would; returns the bytes of the answer as text. Throws if the connection ends without. */
  async command(...words: readonly string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1').setEncoding('utf8')
    const parts = words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
    const closed = once(socket, 'close').then(() => Promise.reject(new Error('Redis closed the connection')))
    const [answer] = (await Promise.race([once(socket, 'data'), closed])) as [string]
    socket.destroy()
    return answer
  }

  /** Waits until a replica is a master. Its connections are closed when it is made one. */
  async untilPromoted(): Promise<void> {
    while (!(await this.command('ROLE').catch(() => '')).includes('master')) continue
  }
}

/** The options of a Redis that writes nothing to disk. */
const options = (port: number) => [
  '--port',
  `${port}`,
  '--bind',
  '127.0.0.1',
  '--save',
  '',
  '--appendonly',
  'no',
]

async function launch(port: number, more: readonly string[] = []): Promise<ChildProcess> {
  return await start(
    [...options(port), '--repl-diskless-sync-delay', '0', ...more],
    'Ready to accept connections',
  )
}

/** Resolves when the words appear on stdout. */
async function start(args: readonly string[], words: string): Promise<ChildProcess> {
  const child = spawn(program, [...args, '--daemonize', 'no'], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8')
  for await (const text of child.stdout as AsyncIterable<string>) {
    if (text.includes(words)) break
  }
  return child
}

/** The options of a copy, which is kept in memory alone. */
const replicaOf = ({ port }: RedisServer) =>
  `--replicaof 127.0.0.1 ${port} --repl-diskless-load on-empty-db`.split(' ')

/** The name of the master among the sentinels of tests. */
export const masterName = 'main'

/**
 * Starts a sentinel that watches a master and replaces it if `quorum` of them agree. Resolves to its URL once it knows the
 * replica: a master that dies earlier is never replaced.
 */
export async function startSentinel(t: Owner, master: RedisServer, quorum = 1): Promise<string> {
  const port = await freePort()
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${masterName} 127.0.0.1 ${master.port} ${quorum}`,
    `sentinel down-after-milliseconds ${masterName} 300`,
    `sentinel failover-timeout ${masterName} 3000`,
  ]
  // A sentinel writes what it learns to its file.
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, settings.join('\n'))
  const child = await start([file, '--sentinel'], '+slave slave')
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return `redis://127.0.0.1:${port}`
}
