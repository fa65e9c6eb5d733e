import cluster from 'node:cluster'
import type { Worker as Process } from 'node:cluster'
import type { Logger } from 'pino'
import { FleetMetrics } from '../../server/metrics/fleet-metrics.ts'
import type { ServerFigures } from '../../server/metrics/fleet-metrics.ts'
import { answerCalls, Caller } from '../../store/channel.ts'
import type { Channel } from '../../store/channel.ts'
import { MemoryCenter } from '../../store/memory/memory-hub.ts'
import { callCenter } from '../../store/remote-hub.ts'
import { placeVariable, portVariable } from './worker.ts'
import { backoff } from '../../time/backoff.ts'

/** Milliseconds before a worker that has crashed is replaced: doubles while they go on crashing. */
const firstPauseMs = 100
const longestPauseMs = 30_000
/** Milliseconds after which a worker that crashes counts as the first again. */
const steadyMs = 60_000

interface WorkersOptions {
  readonly count: number
  readonly log: Logger
  /** The room for values that workers share. */
  readonly cacheBytes: () => number
}

/** How a worker ended before it served anything. */
export interface FailedStart {
  readonly code: number
}

/** The processes that serve a port, kept at their number, with what they have in common. */
export class Workers {
  readonly #options: WorkersOptions
  readonly #center: MemoryCenter
  readonly #metrics = new FleetMetrics()
  readonly #running = new Map<number, Process>()
  readonly #crashes = new Map<number, number>()
  /** Where they listen, and whether those to come must be told: with the last worker the port is let go. */
  #port = 0
  #isPortLost = false
  #stopping = false
  #allGone: () => void = () => {}

  constructor(options: WorkersOptions) {
    this.#options = options
    this.#center = new MemoryCenter(options.cacheBytes)
    // Values of the cache are bytes.
    cluster.setupPrimary({ serialization: 'advanced' })
  }

  get size(): number {
    return this.#running.size
  }

  /**
   * Starts them, the first one alone: what stops it would stop all. Resolves with what the first has to say when all
   * serve, or with how it ended where it could not.
   */
  async start(): Promise<string | FailedStart> {
    const first = await this.#fork(0)
    if (typeof first !== 'string') return first
    const others = Array.from({ length: this.#options.count - 1 }, (_, index) => this.#fork(index + 1))
    await Promise.all(others)
    return first
  }

  /** Sends all of them a signal. */
  signal(signal: NodeJS.Signals): void {
    for (const worker of this.#running.values()) worker.process.kill(signal)
  }

  /** Has all of them drain and end, and replaces none any more. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#stopping = true
    const gone = new Promise<void>(resolve => {
      this.#allGone = resolve
    })
    this.signal(signal)
    if (this.#running.size > 0) await gone
  }

  /** Resolves when the worker serves, or has ended before. */
  #fork(place: number): Promise<string | FailedStart> {
    const startedAt = performance.now()
    const port = this.#isPortLost ? { [portVariable]: String(this.#port) } : {}
    const worker = cluster.fork({ [placeVariable]: `${place}/${this.#options.count}`, ...port })
    const started = Promise.withResolvers<string | FailedStart>()
    let serves = false
    this.#running.set(place, worker)
    this.#attend(worker, (welcome, port) => {
      serves = true
      this.#port = port
      started.resolve(welcome)
    })
    worker.once('exit', (code, signal) => {
      started.resolve({ code: code || 1 })
      void this.#left(worker)
      this.#running.delete(place)
      const isFirst = place === 0 && !serves && !this.#crashes.has(place)
      if (this.#running.size === 0) {
        this.#isPortLost = this.#port > 0
        this.#allGone()
      }
      if (!this.#stopping && !isFirst) this.#replace(place, performance.now() - startedAt, { code, signal })
    })
    return started.promise
  }

  /** Answers what a worker asks for. */
  #attend(worker: Process, onReady: (welcome: string, port: number) => void): void {
    const name = String(worker.id)
    const channel = channelOf(worker)
    const caller = new Caller(channel)
    const center = this.#center.join(name, event => channel.send({ event }))
    answerCalls(channel, async (method, values) => {
      if (method === 'ready') {
        this.#metrics.add(name, () => caller.call('figures', []) as Promise<ServerFigures>)
        return onReady(values[0] as string, values[1] as number)
      }
      return method === 'scrape' ? await this.#metrics.text() : await callCenter(center, method, values)
    })
  }

  async #left(worker: Process): Promise<void> {
    const name = String(worker.id)
    await this.#center.join(name, () => {}).leave()
    await this.#metrics.remove(name)
  }

  #replace(place: number, livedMs: number, end: { code: number; signal: string }): void {
    const crashes = livedMs > steadyMs ? 1 : (this.#crashes.get(place) ?? 0) + 1
    this.#crashes.set(place, crashes)
    const pauseMs = backoff(firstPauseMs, crashes - 1, longestPauseMs)
    this.#options.log.error({ worker: place, ...end, pauseMs }, 'A worker has ended; another takes its place')
    setTimeout(() => {
      if (!this.#stopping) void this.#fork(place)
    }, pauseMs)
  }
}

/** Messages to a worker that is going are lost, as it is. */
function channelOf(worker: Process): Channel {
  return {
    send: message => {
      if (worker.isConnected()) worker.send(message, undefined, () => {})
    },
    onMessage: listener => void worker.on('message', listener),
  }
}
