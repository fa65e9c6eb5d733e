import type { Exchange, ExchangeListener } from '../exchange.ts'
import type { InFlight } from '../in-flight.ts'
import { clip } from '../../text/clip.ts'
import { requestFacts } from '../metrics/request-log.ts'

/** Milliseconds between two reports. */
const intervalMs = 1_000

/** Maximum requests that a report lists; all are counted. */
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
  /** The first requests that ended. */
  readonly ended: readonly EndedRequest[]
  readonly totals: Totals
}

/** The sums over all requests that ended. */
interface Totals {
  requests: number
  failed: number
  tokens: number
  usd: number
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
  #totals = noTotals()
  #timer: NodeJS.Timeout | undefined

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight
  }

  attemptEnded(): void {}

  exchangeEnded(exchange: Exchange): void {
    if (this.#watchers.size === 0 || !isAsked(exchange)) return
    this.#count(exchange)
    if (this.#ended.length < maxListed)
      this.#ended.push({ id: exchange.id, at: Date.now(), ...requestFacts(exchange) })
  }

  #count({ failure, status, outcome, cost }: Exchange): void {
    const totals = this.#totals
    totals.requests++
    if (failure !== undefined || status >= 400) totals.failed++
    totals.tokens += outcome?.meter.usage.total_tokens ?? 0
    totals.usd += cost.usd ?? 0
  }

  /** Reports to a watcher now and every second, until the returned function is called. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    this.#timer ??= setInterval(() => this.#tick(), intervalMs)
    watcher.report({ ...this.#now(), ended: [], totals: noTotals() })
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size === 0) this.#stop()
    }
  }

  #tick(): void {
    const report = { ...this.#now(), ended: this.#ended, totals: this.#totals }
    this.#clear()
    for (const watcher of this.#watchers) watcher.report(report)
    if (!this.#inFlight.draining) return
    for (const watcher of this.#watchers) watcher.end()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#clear()
  }

  #clear(): void {
    this.#ended = []
    this.#totals = noTotals()
  }

  #now(): Omit<LiveReport, 'ended' | 'totals'> {
    const asked = [...this.#inFlight].filter(isAsked)
    const oldest = asked.toSorted((one, other) => one.startedAt - other.startedAt).slice(0, maxRunning)
    return { at: Date.now(), in_flight: asked.length, running: oldest.map(runningRequest) }
  }
}

/** Whether a request asks something of a model. */
function isAsked({ request, isManagement }: Exchange): boolean {
  return request.method === 'POST' && !isManagement
}

function noTotals(): Totals {
  return { requests: 0, failed: 0, tokens: 0, usd: 0 }
}

function runningRequest({ id, route, model, startedAt }: Exchange): RunningRequest {
  const name = model === undefined ? undefined : clip(model)
  return { id, route, model: name, ms: Math.round(performance.now() - startedAt) }
}
