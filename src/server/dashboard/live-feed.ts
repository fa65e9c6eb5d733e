import type { Exchange, ExchangeListener } from '../exchange.ts'
import type { InFlight } from '../in-flight.ts'
import { clip } from '../../text/clip.ts'
import { requestFacts } from '../metrics/request-log.ts'

/** Milliseconds between two reports. */
const intervalMs = 1_000

/** Maximum requests that a report lists; it counts the others. */
const maxListed = 500

/** Maximum running requests that a report lists, the oldest first. */
const maxRunning = 20

/** A request that has ended. `at` is the time of its end in milliseconds since 1970. */
type EndedRequest = { readonly id: string; readonly at: number } & ReturnType<typeof requestFacts>

/** A request that has not ended; `ms` is the time since it arrived. */
interface RunningRequest {
  readonly id: string
  readonly route: string
  readonly model: string | undefined
  readonly ms: number
}

/** The last second of this server. */
export interface LiveReport {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly in_flight: number
  readonly running: readonly RunningRequest[]
  readonly ended: readonly EndedRequest[]
  /** Requests that ended but are not in `ended`, because there were too many. */
  readonly unlisted: number
}

/** Receives the reports of a feed. */
export interface Watcher {
  readonly report: (report: LiveReport) => void
  /** Called when no more reports come, because the server is about to end. */
  readonly end: () => void
}

/** Reports the requests of this server every second, as long as somebody watches. */
export class LiveFeed implements ExchangeListener {
  readonly #inFlight: InFlight
  readonly #watchers = new Set<Watcher>()
  #ended: EndedRequest[] = []
  #unlisted = 0
  #timer: NodeJS.Timeout | undefined

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight
  }

  attemptEnded(): void {}

  exchangeEnded(exchange: Exchange): void {
    if (this.#watchers.size === 0 || exchange.request.method !== 'POST') return
    if (this.#ended.length === maxListed) this.#unlisted++
    else this.#ended.push({ id: exchange.id, at: Date.now(), ...requestFacts(exchange) })
  }

  /** Reports to a watcher now and every second, until the returned function is called. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    this.#timer ??= setInterval(() => this.#tick(), intervalMs)
    watcher.report({ ...this.#now(), ended: [], unlisted: 0 })
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size === 0) this.#stop()
    }
  }

  #tick(): void {
    const report = { ...this.#now(), ended: this.#ended, unlisted: this.#unlisted }
    this.#ended = []
    this.#unlisted = 0
    for (const watcher of this.#watchers) watcher.report(report)
    if (!this.#inFlight.draining) return
    for (const watcher of this.#watchers) watcher.end()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#ended = []
    this.#unlisted = 0
  }

  #now(): Omit<LiveReport, 'ended' | 'unlisted'> {
    const asked = [...this.#inFlight].filter(({ request }) => request.method === 'POST')
    const oldest = asked.toSorted((one, other) => one.startedAt - other.startedAt).slice(0, maxRunning)
    return { at: Date.now(), in_flight: asked.length, running: oldest.map(runningRequest) }
  }
}

function runningRequest({ id, route, model, startedAt }: Exchange): RunningRequest {
  const name = model === undefined ? undefined : clip(model)
  return { id, route, model: name, ms: Math.round(performance.now() - startedAt) }
}
