import { clip } from '../../text/clip.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import type { InFlight } from '../in-flight.ts'
import { requestFacts } from '../metrics/request-log.ts'
import { addTotals, maxListed, maxRunning, noTotals } from './live-report.ts'
import type { EndedRequest, LiveReport, RunningRequest, Totals } from './live-report.ts'

/** Seconds that are kept, and for which requests are recorded after somebody has asked for them. */
const keptSeconds = 10

interface Second {
  readonly second: number
  readonly ended: EndedRequest[]
  readonly totals: Totals
}

/** The number of the current second. All processes of a machine count alike, and a change of the clock changes nothing. */
export function currentSecond(): number {
  return process.hrtime()[0]
}

/** The last seconds of this process, recorded while somebody asks for them. */
export class LiveRecords implements ExchangeListener {
  readonly #inFlight: InFlight
  #seconds: Second[] = []
  #recordsUntil = 0

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight
  }

  attemptEnded(): void {}

  exchangeEnded(exchange: Exchange): void {
    if (this.#recordsUntil === 0 || !isAsked(exchange)) return
    const now = currentSecond()
    if (now > this.#recordsUntil) return this.#stop()
    const { ended, totals } = this.#secondOf(now)
    count(exchange, totals)
    if (ended.length < maxListed) ended.push({ id: exchange.id, at: Date.now(), ...requestFacts(exchange) })
  }

  /** The requests that run, and those that ended from the second `from` to the second `to`. */
  readonly read = (from: number, to: number): LiveReport => {
    this.#recordsUntil = currentSecond() + keptSeconds
    const report = this.#now()
    const seconds = this.#seconds.filter(({ second }) => second >= from && second <= to)
    const totals = noTotals()
    for (const each of seconds) addTotals(totals, each.totals)
    return { ...report, ended: seconds.flatMap(({ ended }) => ended).slice(0, maxListed), totals }
  }

  #secondOf(second: number): Second {
    const last = this.#seconds.at(-1)
    if (last?.second === second) return last
    const next = { second, ended: [], totals: noTotals() }
    this.#seconds = [...this.#seconds.filter(each => each.second > second - keptSeconds), next]
    return next
  }

  #stop(): void {
    this.#recordsUntil = 0
    this.#seconds = []
  }

  #now(): Pick<LiveReport, 'at' | 'in_flight' | 'running'> {
    const asked = [...this.#inFlight].filter(isAsked)
    const oldest = asked.toSorted((one, other) => one.startedAt - other.startedAt).slice(0, maxRunning)
    return { at: Date.now(), in_flight: asked.length, running: oldest.map(runningRequest) }
  }
}

/** Whether a request asks something of a model. */
function isAsked({ request, isManagement }: Exchange): boolean {
  return request.method === 'POST' && !isManagement
}

function count({ failure, status, outcome, cost }: Exchange, totals: Totals): void {
  totals.requests++
  if (failure !== undefined || status >= 400) totals.failed++
  totals.tokens += outcome?.meter.usage.total_tokens ?? 0
  totals.usd += cost.usd ?? 0
}

function runningRequest({ id, route, model, startedAt }: Exchange): RunningRequest {
  const name = model === undefined ? undefined : clip(model)
  return { id, route, model: name, ms: Math.round(performance.now() - startedAt) }
}
