import { roundedUsd } from '../../chat/cost.ts'
import type { AttemptReport, RequestCost } from '../../contract/index.ts'
import { getOrCreate } from '../../store/get-or-create.ts'
import type { Figures, Store } from '../../store/store.ts'
import { wasUnwanted } from '../exchange.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'

interface EndpointCounts {
  requests: number
  failures: number
  /** Attempts whose answers were no longer wanted, for which nobody is to blame. */
  cancelled: number
  headMs: number
  lastError: string | null
}

/** Counts for `GET /stats`; `Metrics` has the same figures for Prometheus, in more detail. */
export class Statistics implements ExchangeListener {
  readonly #startedAt = performance.now()
  readonly #endpoints = new Map<string, EndpointCounts>()
  readonly #requests = { total: 0, failed: 0 }
  readonly #tokens = { prompt: 0, completion: 0 }
  readonly #cost = { usd: 0, wasted: 0, unknown: 0 }

  exchangeEnded({ request, failure, outcome, cost }: Exchange): void {
    if (request.method !== 'POST') return
    this.#requests.total++
    if (failure) this.#requests.failed++
    this.#addCost(cost)
    if (!outcome) return
    const { prompt_tokens, completion_tokens } = outcome.meter.usage
    this.#tokens.prompt += prompt_tokens
    this.#tokens.completion += completion_tokens
  }

  #addCost({ usd, wasted_usd: wasted }: RequestCost): void {
    if (usd === null) this.#cost.unknown++
    else {
      this.#cost.usd += usd
      this.#cost.wasted += wasted ?? 0
    }
  }

  attemptEnded({ provider, outcome, headMs }: AttemptReport): void {
    const counts = getOrCreate(this.#endpoints, provider, noCounts)
    counts.requests++
    if (outcome === 'ok') counts.headMs += headMs
    else if (wasUnwanted(outcome)) counts.cancelled++
    else {
      counts.failures++
      counts.lastError = outcome
    }
  }

  /** Contributes the counts of this server to the totals of all servers that share the store. */
  share({ tallies }: Store): void {
    tallies.share(() => this.#figures())
  }

  /**
   * The totals of all servers that share the store, with an entry for each of `endpoints` even if it has no requests
   * yet.
   */
  async report({ tallies }: Store, endpoints: readonly string[]) {
    const figures = await tallies.totals()
    const numberAt = (name: string) => Number(figures[name] ?? 0)
    const [prompt, completion] = [numberAt('tokens/prompt'), numberAt('tokens/completion')]
    const counts = new Map(endpoints.map(name => [name, noCounts()]))
    for (const [name, value] of Object.entries(figures)) enterFigure(counts, name, value)
    return {
      uptime_seconds: Math.round((performance.now() - this.#startedAt) / 1000),
      requests: { total: numberAt('requests/total'), failed: numberAt('requests/failed') },
      tokens: { prompt, completion, total: prompt + completion },
      cost: {
        usd: roundedUsd(numberAt('cost/usd')),
        wasted_usd: roundedUsd(numberAt('cost/wasted_usd')),
        requests_of_unknown_cost: numberAt('cost/unknown'),
      },
      endpoints: Object.fromEntries([...counts].map(([name, endpoint]) => [name, reportOf(endpoint)])),
    }
  }

  #figures(): Figures {
    const figures: Record<string, number | string> = {
      'requests/total': this.#requests.total,
      'requests/failed': this.#requests.failed,
      'tokens/prompt': this.#tokens.prompt,
      'tokens/completion': this.#tokens.completion,
      'cost/usd': this.#cost.usd,
      'cost/wasted_usd': this.#cost.wasted,
      'cost/unknown': this.#cost.unknown,
    }
    for (const [name, { requests, failures, cancelled, headMs, lastError }] of this.#endpoints) {
      figures[`endpoint/requests/${name}`] = requests
      figures[`endpoint/failures/${name}`] = failures
      figures[`endpoint/cancelled/${name}`] = cancelled
      figures[`endpoint/head_ms/${name}`] = headMs
      if (lastError !== null) figures[`endpoint/last_error/${name}`] = lastError
    }
    return figures
  }
}

function enterFigure(counts: Map<string, EndpointCounts>, figure: string, value: number | string): void {
  const [, what, name] = /^endpoint\/(\w+)\/(.*)$/s.exec(figure) ?? []
  if (name === undefined) return
  const endpoint = getOrCreate(counts, name, noCounts)
  if (what === 'requests') endpoint.requests = Number(value)
  else if (what === 'failures') endpoint.failures = Number(value)
  else if (what === 'cancelled') endpoint.cancelled = Number(value)
  else if (what === 'head_ms') endpoint.headMs = Number(value)
  else if (what === 'last_error') endpoint.lastError = String(value)
}

function noCounts(): EndpointCounts {
  return { requests: 0, failures: 0, cancelled: 0, headMs: 0, lastError: null }
}

/** Rates and averages are null if there is nothing to divide by. */
function reportOf({ requests, failures, cancelled, headMs, lastError }: EndpointCounts) {
  const successes = requests - failures - cancelled
  const judged = requests - cancelled
  return {
    requests,
    successes,
    failures,
    cancelled,
    success_rate: judged === 0 ? null : successes / judged,
    average_latency_ms: successes === 0 ? null : Math.round(headMs / successes),
    last_error: lastError,
  }
}
