import type { Outcome } from '../../chain/request.ts'
import type { AttemptReport } from '../../contract/index.ts'
import { costShownOf, shownCost } from '../../chat/cost.ts'
import { clip } from '../../text/clip.ts'
import type { Exchange } from '../exchange.ts'

/** Logs one line for a request that has ended; requests that only monitor the server are logged at debug. */
export function logRequest(exchange: Exchange): void {
  const { log, request } = exchange
  const level = request.method === 'POST' ? 'info' : 'debug'
  if (log.isLevelEnabled(level)) log[level](requestFacts(exchange), 'request')
}

/** The facts about a request that has ended, and about its answer if it has one. */
export function requestFacts(exchange: Exchange) {
  const { request, route, status, failure, outcome, startedAt, named, model, failedAttempts, cost } = exchange
  const answer = outcome && answerOf(exchange, outcome)
  // Not by spreading: an object that is written in one piece is made in a fraction of the time.
  return {
    client: named?.name,
    method: request.method,
    route,
    status,
    ms: Math.round(performance.now() - startedAt),
    code: failure,
    model: model === undefined ? undefined : clip(model),
    failed: failedAttempts?.map(failedAttempt),
    // Without an answer only if something was paid.
    cost: answer ? answer.cost : cost.usd ? shownCost(cost) : undefined,
    approach: answer?.approach,
    calls: answer?.calls,
    attempts: answer?.attempts,
    provider: answer?.provider,
    cache: answer?.cache,
    served: answer?.served,
    first_ms: answer?.first_ms,
    tokens: answer?.tokens,
    degraded: answer?.degraded,
  }
}

function failedAttempt({ provider, outcome, status, totalMs }: AttemptReport) {
  return { provider, code: outcome, status, ms: Math.round(totalMs) }
}

function answerOf({ answeredAt, startedAt, model }: Exchange, { approach, meter, reply }: Outcome) {
  const { calls, attempts, provider, degraded, usage } = meter
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage
  const served = reply.head.model
  return {
    approach,
    calls,
    attempts,
    provider,
    cache: reply.head.cache,
    served: served === model ? undefined : clip(served),
    first_ms: Math.round(answeredAt - startedAt),
    tokens: total === 0 ? undefined : { prompt, completion },
    cost: meter.cost.usd === null ? undefined : costShownOf(meter),
    degraded,
  }
}
