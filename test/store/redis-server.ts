import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
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

  static async start(t: Owner): Promise<RedisServer> {
    const port = await freePort()
    const server = new RedisServer(port, await launch(port))
    t.teardown(() => server.kill())
    return server
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

  /** Sends a command as `redis-cli` would; returns the bytes of the answer as text. */
  async command(...words: readonly string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1').setEncoding('utf8')
    const parts = words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
    const [answer] = (await once(socket, 'data')) as [string]
    socket.destroy()
    return answer
  }
}

async function launch(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn(program, [...options, '--daemonize', 'no'], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8')
  for await (const text of child.stdout as AsyncIterable<string>) {
    if (text.includes('Ready to accept connections')) break
  }
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
