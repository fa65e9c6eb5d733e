import type { FastifyBaseLogger } from 'fastify'
import type { Fleet } from '../../registry/fleet.ts'
import { background } from '../../time/background.ts'
import type { InFlight } from '../in-flight.ts'
import { currentSecond } from './live-records.ts'
import type { LiveRecords } from './live-records.ts'
import { joinReports } from './live-report.ts'
import type { LiveReport } from './live-report.ts'

/** Milliseconds between two reports. */
const intervalMs = 1_000

/** Receives the reports of a feed. */
export interface Watcher {
  readonly report: (report: LiveReport) => void
  /** Called when no more reports come, because the server is about to end. */
  readonly end: () => void
}

/** The parts that a feed works with. */
interface LiveFeedOptions {
  readonly records: LiveRecords
  readonly inFlight: InFlight
  readonly fleet: Fleet
  readonly log: FastifyBaseLogger
}

/** Reports the requests of this server, all its workers together, every second, as long as somebody watches. */
export class LiveFeed {
  readonly #inFlight: InFlight
  readonly #log: FastifyBaseLogger
  readonly #askAll: (from: number, to: number) => Promise<readonly LiveReport[]>
  readonly #watchers = new Set<Watcher>()
  #timer: NodeJS.Timeout | undefined
  /** The first second that was not reported yet. */
  #next = 0
  #isAsking = false

  constructor({ records, inFlight, fleet, log }: LiveFeedOptions) {
    this.#inFlight = inFlight
    this.#log = log
    this.#askAll = fleet.gather('live', records.read)
  }

  /** Reports to a watcher now and every second, until the returned function is called. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    this.#inBackground(this.#begin(watcher))
    if (!this.#timer) {
      this.#next = currentSecond()
      this.#timer = setInterval(() => this.#inBackground(this.#tick()), intervalMs)
    }
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  #inBackground(work: Promise<void>): void {
    background(work, this.#log, 'a report for the dashboard failed')
  }

  /** Reports the requests that run; those that end are recorded from here on. */
  async #begin(watcher: Watcher): Promise<void> {
    const second = currentSecond()
    const report = joinReports(await this.#askAll(second, second - 1))
    if (this.#watchers.has(watcher)) watcher.report(report)
  }

  /** Reports the seconds that are over since the last time: a second that is not could still change. */
  async #tick(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      const [from, to] = [this.#next, currentSecond() - 1]
      this.#next = to + 1
      const report = joinReports(await this.#askAll(from, to))
      for (const watcher of this.#watchers) watcher.report(report)
      if (!this.#inFlight.draining) return
      for (const watcher of this.#watchers) watcher.end()
    } finally {
      this.#isAsking = false
    }
  }
}
