import type { AttemptReport } from '../contract/index.ts'
import type { Exchange, ExchangeListener } from './exchange.ts'

interface EndpointCounts {
  requests: number
  failures: number
  headMs: number
  lastError: string | null
}

/** Counts since the start, for `GET /stats`; `Metrics` has the same in more detail for Prometheus. */
export class Statistics implements ExchangeListener {
  readonly #startedAt = performance.now()
  readonly #endpoints = new Map<string, EndpointCounts>()
  readonly #requests = { total: 0, failed: 0 }
  readonly #tokens = { prompt: 0, completion: 0 }

  exchangeEnded({ request, failure, answered }: Exchange): void {
    if (request.method !== 'POST') return
    this.#requests.total++
    if (failure) this.#requests.failed++
    if (!answered) return
    const { prompt_tokens, completion_tokens } = answered.meter.usage
    this.#tokens.prompt += prompt_tokens
    this.#tokens.completion += completion_tokens
  }

  attemptEnded({ provider, outcome, headMs }: AttemptReport): void {
    const counts = this.#endpoints.get(provider) ?? noCounts()
    this.#endpoints.set(provider, counts)
    counts.requests++
    if (outcome === 'ok') counts.headMs += headMs
    else {
      counts.failures++
      counts.lastError = outcome
    }
  }

  /** What was counted, with a line for each of `endpoints` even if nothing came to it yet. */
  report(endpoints: readonly string[]) {
    const names = new Set([...endpoints, ...this.#endpoints.keys()])
    return {
      uptime_seconds: Math.round((performance.now() - this.#startedAt) / 1000),
      requests: { ...this.#requests },
      tokens: { ...this.#tokens, total: this.#tokens.prompt + this.#tokens.completion },
      endpoints: Object.fromEntries(
        [...names].map(name => [name, reportOf(this.#endpoints.get(name) ?? noCounts())]),
      ),
    }
  }
}

function noCounts(): EndpointCounts {
  return { requests: 0, failures: 0, headMs: 0, lastError: null }
}

/** Rates and averages are null where there is nothing to divide by. */
function reportOf({ requests, failures, headMs, lastError }: EndpointCounts) {
  const successes = requests - failures
  return {
    requests,
    successes,
    failures,
    success_rate: requests === 0 ? null : successes / requests,
    average_latency_ms: successes === 0 ? null : Math.round(headMs / successes),
    last_error: lastError,
  }
}
