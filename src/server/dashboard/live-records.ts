import { clip } from '../../text/clip.ts'
import type { AttemptReport } from '../../contract/index.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import type { InFlight } from '../in-flight.ts'
import { requestFacts } from '../metrics/request-log.ts'
import { addTotals, joinProviders, maxListed, maxRunning, noTotals, sumsOf } from './live-report.ts'
import type { EndedRequest, LiveReport, ProviderSums, RunningRequest, Totals } from './live-report.ts'

/** Seconds that are kept, and for which requests are recorded after somebody has asked for them. */
const keptSeconds = 10

interface Second {
  readonly second: number
  readonly ended: EndedRequest[]
  readonly totals: Totals
  readonly providers: Map<string, ProviderSums>
}

/** The number of the current second. All processes of a machine count alike, and a change of the clock changes nothing. */
export function currentSecond(): number {
  return process.hrtime()[0]
}

/** The last seconds of this process, recorded while somebody asks for them. */
export class LiveRecords implements ExchangeListener {
  readonly #inFlight: InFlight
  readonly #waiting: () => number
  #seconds: Second[] = []
  #recordsUntil = 0

  /** `waiting` counts the calls that wait for a provider. */
  constructor(inFlight: InFlight, waiting: () => number) {
    this.#inFlight = inFlight
    this.#waiting = waiting
  }

  attemptEnded({ provider, outcome, totalMs, cost }: AttemptReport): void {
    const second = this.#recordedSecond()
    if (!second) return
    const sums = sumsOf(second.providers, provider)
    sums.usd += cost?.usd ?? 0
    if (outcome !== 'ok') return
    sums.answers++
    sums.ms += Math.round(totalMs)
  }

  exchangeEnded(exchange: Exchange): void {
    if (!isAsked(exchange)) return
    const second = this.#recordedSecond()
    if (!second) return
    const { ended, totals } = second
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
    const providers = joinProviders(seconds.flatMap(each => [...each.providers.values()]))
    return { ...report, ended: seconds.flatMap(({ ended }) => ended).slice(0, maxListed), totals, providers }
  }

  /** The current second; undefined if nobody has asked for one lately. */
  #recordedSecond(): Second | undefined {
    if (this.#recordsUntil === 0) return undefined
    const now = currentSecond()
    if (now <= this.#recordsUntil) return this.#secondOf(now)
    this.#stop()
    return undefined
  }

  #secondOf(second: number): Second {
    const last = this.#seconds.at(-1)
    if (last?.second === second) return last
    const next: Second = { second, ended: [], totals: noTotals(), providers: new Map() }
    this.#seconds = [...this.#seconds.filter(each => each.second > second - keptSeconds), next]
    return next
  }

  #stop(): void {
    this.#recordsUntil = 0
    this.#seconds = []
  }

  #now(): Pick<LiveReport, 'at' | 'in_flight' | 'waiting' | 'running'> {
    const asked = [...this.#inFlight].filter(isAsked)
    const oldest = asked.toSorted((one, other) => one.startedAt - other.startedAt).slice(0, maxRunning)
    const running = oldest.map(runningRequest)
    return { at: Date.now(), in_flight: asked.length, waiting: this.#waiting(), running }
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
