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
  const { request, route, status, failure, outcome, startedAt, named } = exchange
  const facts = {
    client: named?.name,
    method: request.method,
    route,
    status,
    ms: Math.round(performance.now() - startedAt),
    code: failure,
    ...attemptsOf(exchange),
  }
  return outcome ? { ...facts, ...answerOf(exchange) } : facts
}

function attemptsOf({ model, failedAttempts, cost, outcome }: Exchange) {
  return {
    model: model === undefined ? undefined : clip(model),
    failed: failedAttempts?.map(failedAttempt),
    // Without an answer only if something was paid.
    cost: !outcome && cost.usd ? shownCost(cost) : undefined,
  }
}

function failedAttempt({ provider, outcome, status, totalMs }: AttemptReport) {
  return { provider, code: outcome, status, ms: Math.round(totalMs) }
}

function answerOf({ outcome, answeredAt, startedAt, model }: Exchange) {
  const { approach, meter, reply } = outcome!
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
