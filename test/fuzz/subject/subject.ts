import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command, Told } from './protocol.ts'

const compileCache = new URL('../../compile-cache.js', import.meta.url).href

/** The process under test, from outside. */
export class Subject {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'hulumanage-fuzz-'))
  #stderr = ''
  #port = 0
  #generation = 0
  readonly #configOf: (generation: number) => string

  private constructor(configOf: (generation: number) => string, flags: readonly string[]) {
    this.#configOf = configOf
    this.#child = fork(join(import.meta.dirname, 'main.ts'), [this.#folder], {
      execArgv: [...flags, `--import=${compileCache}`, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr!.setEncoding('utf8')
    this.#child.stderr!.on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-20_000)))
  }

  /** Starts the server; `configOf` returns its configuration, with new names of providers for each generation. */
  static async start(
    configOf: (generation: number) => string,
    flags: readonly string[] = [],
  ): Promise<Subject> {
    const subject = new Subject(configOf, flags)
    await subject.#hear()
    const { port } = await subject.#send({ config: configOf(0) })
    if (port === undefined) throw new Error(`the server does not start: ${subject.stderr}`)
    subject.#port = port
    return subject
  }

  get port(): number {
    return this.#port
  }

  /** Everything the process has written to stderr, once it has ended. */
  get stderr(): string {
    return this.#stderr
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The events since the last call; undefined if the process is busy or has ended. */
  look(): Promise<Told> {
    return this.#send({})
  }

  /** Has the process read and check a configuration. */
  try(config: string): Promise<Told> {
    return this.#send({ tried: config })
  }

  /** The same, with figures taken after a collection of garbage. */
  collect(): Promise<Told> {
    return this.#send({ collects: true })
  }

  /** Resets the state of providers, so that no exchange is judged by earlier ones. */
  renew(): Promise<Told> {
    this.#generation += 1
    return this.#send({ config: this.#configOf(this.#generation) })
  }

  /** Resolves with the stack that a busy process wrote, or with undefined if none arrives in time. */
  async busyStack(): Promise<string> {
    for (let turn = 0; turn < 40 && !this.#stderr.includes('BUSY') && !this.hasEnded; turn += 1)
      await new Promise(resolve => setTimeout(resolve, 100))
    return this.#stderr
  }

  async stop(): Promise<void> {
    const ended = this.hasEnded ? undefined : once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #send(command: Command): Promise<Told> {
    if (this.hasEnded || !this.#child.connected) return {}
    this.#child.send(command, () => {})
    return await this.#hear()
  }

  #hear(): Promise<Told> {
    return new Promise(resolve => {
      const settle = (told: Told) => {
        clearTimeout(timer)
        this.#child.off('message', settle).off('exit', leave)
        resolve(told)
      }
      const leave = () => settle({})
      const timer = setTimeout(leave, 30_000)
      this.#child.once('message', settle).once('exit', leave)
    })
  }
}
