import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../fake-provider/ports.ts'
import type { Owner } from '../../fake-provider/ports.ts'

/** Debian keeps the programs of each version apart, and off the path. */
const debian = '/usr/lib/postgresql'
const folders = existsSync(debian)
  ? readdirSync(debian)
      .toSorted((one, other) => Number(other) - Number(one))
      .map(version => join(debian, version, 'bin'))
  : []
const bin = folders.find(folder => existsSync(join(folder, 'initdb')))
const program = (name: string): string => (bin === undefined ? name : join(bin, name))

/**
 * The reason to skip tests with a real PostgreSQL; false if there is one. With `HULUMANAGE_TEST_POSTGRES` set there must
 * be.
 */
export const noPostgres: string | false = process.env['HULUMANAGE_TEST_POSTGRES'] ? false : reasonToSkip()

function reasonToSkip(): string | false {
  if (spawnSync(program('initdb'), ['--version']).status !== 0)
    return 'no PostgreSQL; install it with: apt-get install postgresql'
  try {
    import.meta.resolve('pg')
    return false
  } catch {
    return 'no package pg, which is optional; install it with: npm install'
  }
}

/** The user `postgres`, else `nobody`: it refuses to run as root. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u') || 65_534, gid: id('-g') || 65_534 }
}

function runProgram(name: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(name, words, { ...unprivileged(), encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`)
}

/** A new folder of the user that runs PostgreSQL. */
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const { uid, gid } = unprivileged()
  if (uid !== undefined) chownSync(folder, uid, gid!)
  return folder
}

let made: string | undefined

/** The data of a server without content, made once in this process: that takes ten times the work of a copy. */
function template(): string {
  if (made !== undefined) return made
  const folder = ownFolder()
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const data = join(folder, 'data')
  const options = ['--no-sync', '--no-instructions', '--auth=trust', '--username=tester', '--encoding=UTF8']
  runProgram(program('initdb'), [...options, '--locale=C', '-D', data])
  made = data
  return data
}

/** A real PostgreSQL for one test, which is not safe from a power failure. */
export class PostgresServer {
  readonly port: number
  readonly folder: string
  #process: ChildProcess | undefined

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
  }

  /** Starts one with settings such as `ssl=on`. */
  static async start(t: Owner): Promise<PostgresServer> {
    const folder = ownFolder()
    runProgram('cp', ['-a', template(), join(folder, 'data')])
    const server = new PostgresServer(folder, await freePort())
    t.teardown(async () => {
      await server.kill()
      rmSync(folder, { recursive: true })
    })
    await server.launch()
    return server
  }

  /** The URL of a database of this server. */
  url(database = 'postgres'): string {
    return `postgres://tester@127.0.0.1:${this.port}/${database}`
  }

  /** Empties the one database of most tests; returns its URL. A new database for each test would take half a second. */
  async emptyDatabase(): Promise<string> {
    await this.query('DROP SCHEMA IF EXISTS hulumanage CASCADE')
    return this.url()
  }

  /** Creates a database; returns its URL. */
  async createDatabase(name: string, options: string): Promise<string> {
    await this.query(`CREATE DATABASE ${name} ${options}`)
    return this.url(name)
  }

  /** Runs a statement; returns its rows. */
  async query(sql: string, url = this.url()): Promise<readonly Record<string, unknown>[]> {
    const { Client } = await import('pg')
    const client = new Client(url)
    await client.connect()
    try {
      const { rows } = await client.query(sql)
      return rows
    } finally {
      await client.end()
    }
  }

  async launch(...settings: readonly string[]): Promise<void> {
    const all = [
      'fsync=off',
      `unix_socket_directories=${this.folder}`,
      'listen_addresses=127.0.0.1',
      ...settings,
    ]
    const options = [
      '-D',
      join(this.folder, 'data'),
      '-p',
      String(this.port),
      ...all.flatMap(each => ['-c', each]),
    ]
    const child = spawn(program('postgres'), options, {
      ...unprivileged(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = child
    child.stderr.setEncoding('utf8')
    for await (const text of child.stderr.iterator({ destroyOnReturn: false }) as AsyncIterable<string>)
      if (text.includes('ready to accept connections')) break
    child.stderr.resume()
  }

  /** Ends it at once, with all connections. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGQUIT')
    await ended
  }
}
