import cluster from 'node:cluster'
import type { Worker as Process } from 'node:cluster'
import type { Logger } from 'pino'
import { FleetMetrics } from '../../server/metrics/fleet-metrics.ts'
import type { ServerFigures } from '../../server/metrics/fleet-metrics.ts'
import { answerCalls, Caller } from '../../store/channel.ts'
import type { Channel } from '../../store/channel.ts'
import { processSecret, secretVariable } from '../../providers/responses/process-secret.ts'
import { MemoryHub } from '../../store/memory/memory-hub.ts'
import { callHub } from '../../store/remote-hub.ts'
import { indexVariable, portVariable } from './worker.ts'
import { within } from '../../time/within.ts'
import { background, detach } from '../../time/background.ts'
import { backoff } from '../../time/backoff.ts'

/** Milliseconds before a crashed worker is replaced; doubles with each further crash. */
const firstPauseMs = 100
const longestPauseMs = 30_000
/** Milliseconds a worker must have lived for its crash to count as the first one again. */
const steadyMs = 60_000
/** Milliseconds to wait for what one worker answers to another, which waits for up to 5 s itself. */
const patienceMs = 4_000

interface WorkersOptions {
  readonly count: number
  readonly log: Logger
  /** Maximum bytes of the values that workers share. */
  readonly cacheBytes: () => number
}

/** The end of a worker that never served. */
export interface FailedStart {
  readonly code: number
}

/** The processes that serve a port, replaced when they crash, with the state they share. */
export class Workers {
  readonly #options: WorkersOptions
  readonly #hub: MemoryHub
  readonly #metrics = new FleetMetrics()
  /** Those that serve, by the name of each. */
  readonly #serving = new Map<string, Caller>()
  readonly #running = new Map<number, Process>()
  readonly #crashes = new Map<number, number>()
  /** The port they listen on, and whether it must be passed to new workers: it is released when the last one ends. */
  #port = 0
  #isPortLost = false
  #stopping = false
  #allGone: () => void = () => {}

  constructor(options: WorkersOptions) {
    this.#options = options
    this.#hub = new MemoryHub(options.cacheBytes)
    // Cached values are bytes, which JSON would not carry.
    cluster.setupPrimary({ serialization: 'advanced' })
  }

  /** Whether all are to end. */
  get stopping(): boolean {
    return this.#stopping
  }

  get size(): number {
    return this.#running.size
  }

  /**
   * Starts all workers, the first one alone, because an error of the first would be that of all. Once all serve, resolves
   * with the first one's text to print; or with the end of the first, if it could not start.
   */
  async start(): Promise<string | FailedStart> {
    const first = await this.#fork(0)
    // Those that are started after the signal to stop would never hear of it.
    if (typeof first !== 'string' || this.#stopping) return first
    const others = Array.from({ length: this.#options.count - 1 }, (_, index) => this.#fork(index + 1))
    await Promise.all(others)
    return first
  }

  /** Sends a signal to all workers. */
  signal(signal: NodeJS.Signals): void {
    for (const worker of this.#running.values()) worker.process.kill(signal)
  }

  /** Lets all workers drain and end, without replacing them. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#stopping = true
    const gone = new Promise<void>(resolve => {
      this.#allGone = resolve
    })
    this.signal(signal)
    if (this.#running.size > 0) await gone
  }

  /** Starts a worker; resolves when it serves, or ends before that. */
  #fork(workerIndex: number): Promise<string | FailedStart> {
    const startedAt = performance.now()
    const port = this.#isPortLost ? { [portVariable]: String(this.#port) } : {}
    const worker = cluster.fork({
      [indexVariable]: `${workerIndex}/${this.#options.count}`,
      [secretVariable]: processSecret,
      ...port,
    })
    const started = Promise.withResolvers<string | FailedStart>()
    let serves = false
    this.#running.set(workerIndex, worker)
    this.#answer(worker, (welcome, port) => {
      serves = true
      this.#port = port
      started.resolve(welcome)
    })
    worker.once('exit', (code, signal) => {
      started.resolve({ code: code || 1 })
      const facts = { worker: workerIndex }
      background(this.#forget(worker), this.#options.log, 'the state of an ended worker remains', facts)
      this.#running.delete(workerIndex)
      const isFirst = workerIndex === 0 && !serves && !this.#crashes.has(workerIndex)
      if (this.#running.size === 0) {
        this.#isPortLost = this.#port > 0
        this.#allGone()
      }
      if (!this.#stopping && !isFirst)
        this.#replace(workerIndex, performance.now() - startedAt, { code, signal })
    })
    return started.promise
  }

  /** Answers the calls of a worker. */
  #answer(worker: Process, onReady: (welcome: string, port: number) => void): void {
    const name = String(worker.id)
    const channel = channelOf(worker)
    const caller = new Caller(channel)
    const hub = this.#hub.join(name, event => channel.send({ event }))
    answerCalls(channel, async (method, values) => {
      if (method === 'ready') {
        this.#serving.set(name, caller)
        this.#metrics.add(name, () => caller.call('figures', []) as Promise<ServerFigures>)
        return onReady(values[0] as string, values[1] as number)
      }
      if (method === 'scrape') return await this.#metrics.text()
      if (method === 'gather') return await this.#gather(values[0] as string, values[1] as unknown[])
      return await callHub(hub, method, values)
    })
  }

  /** The answers of all workers that have one in time. */
  async #gather(method: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    const late = () => new Error('the worker did not answer')
    const asked = [...this.#serving.values()].map(caller =>
      within(caller.call(method, values), patienceMs, late),
    )
    return (await Promise.allSettled(asked)).flatMap(each =>
      each.status === 'fulfilled' ? [each.value] : [],
    )
  }

  async #forget(worker: Process): Promise<void> {
    const name = String(worker.id)
    this.#serving.delete(name)
    await this.#hub.join(name, () => {}).leave()
    await this.#metrics.remove(name)
  }

  #replace(workerIndex: number, livedMs: number, end: { code: number; signal: string }): void {
    const crashes = livedMs > steadyMs ? 1 : (this.#crashes.get(workerIndex) ?? 0) + 1
    this.#crashes.set(workerIndex, crashes)
    const pauseMs = backoff(firstPauseMs, crashes - 1, longestPauseMs)
    this.#options.log.error(
      { worker: workerIndex, ...end, pauseMs },
      'a worker has ended; it will be replaced',
    )
    setTimeout(() => {
      if (!this.#stopping) detach(this.#fork(workerIndex), 'replacing a worker')
    }, pauseMs)
  }
}

/** The channel to a worker. Messages to a worker that is ending are dropped. */
function channelOf(worker: Process): Channel {
  return {
    send: message => {
      if (worker.isConnected()) worker.send(message, undefined, () => {})
    },
    onMessage: listener => void worker.on('message', listener),
  }
}
