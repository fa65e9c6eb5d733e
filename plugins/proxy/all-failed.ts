import { HulumanageError } from '../../src/contract/index.ts'
import type { AttemptFailure } from '../../src/attempt/failure.ts'
import type { Surroundings } from './selection/balancer.ts'
import type { Search } from './selection/selection.ts'

/** The one error for a request that no provider could answer, with every attempt in its cause. */
export function exhausted(
  model: string,
  failures: readonly AttemptFailure[],
  search: Search,
  around: Surroundings,
): HulumanageError {
  if (search.suitable.length === 0)
    return search.only === undefined ? unknownModel(model) : gone(search.only, model)
  const last = failures.at(-1)
  const retryAfter = secondsUntilOne(model, search, around)
  if (!last) return noneHealthy(model, search, around, retryAfter)
  if (failures.every(({ blame }) => blame === 'model' || blame === 'unable')) return last
  // The error that is most the client's business: a limit is a reason to wait; a dead key, or an API that lacks
  // something, is not.
  const told =
    failures.findLast(({ blame }) => blame === 'limited') ??
    failures.findLast(({ blame }) => blame !== 'key' && blame !== 'unable') ??
    last
  const asked = new Set(failures.map(({ provider }) => provider)).size
  const cause = failures.length === 1 ? last : new AggregateError(failures, 'every provider failed')
  const message = asked === 1 ? told.message : `All ${asked} providers failed; the last word: ${told.message}`
  const waits = told.status === 429 || told.status === 503
  return new HulumanageError(told.code, message, {
    cause,
    ...(waits ? { retryAfter: told.retryAfter ?? retryAfter } : {}),
    shouldRetry: told.shouldRetry,
    ...(told.blame === 'limited' ? { upstream: told.upstream } : {}),
  })
}

function unknownModel(model: string): HulumanageError {
  return new HulumanageError(
    'model_not_found',
    `No provider lists or maps the model "${model}"; GET /v1/models shows what there is`,
    {
      param: 'model',
      shouldRetry: false,
    },
  )
}

/** An id of an earlier response has named the provider. */
function gone(provider: string, model: string): HulumanageError {
  const param = 'previous_response_id'
  const why = `was given by the provider "${provider}", which is not configured for "${model}"`
  return new HulumanageError('invalid_value', `${param}: ${why}`, { param, shouldRetry: false })
}

function noneHealthy(
  model: string,
  search: Search,
  { guards }: Surroundings,
  retryAfter: number,
): HulumanageError {
  const now = performance.now()
  const breakers = search.suitable.map(member => guards.breaker(member.name))
  if (breakers.every(breaker => breaker.isLimited(now))) {
    const message = `Every provider for "${model}" has asked to wait; try again in ${retryAfter} s`
    return new HulumanageError('rate_limit_exceeded', message, { retryAfter })
  }
  const reasons = breakers.map(({ lastError }) => lastError).filter(reason => reason !== undefined)
  const why = reasons.length > 0 ? `; last error: ${reasons.at(-1)}` : ''
  const message = `No healthy providers available for "${model}"${why}. GET /providers shows the state of each`
  return new HulumanageError('no_healthy_upstream', message, { retryAfter })
}

function secondsUntilOne(model: string, search: Search, { guards }: Surroundings): number {
  const soonest = Math.min(...search.suitable.map(member => guards.breaker(member.name).availableAt(model)))
  const seconds = Math.ceil((soonest - performance.now()) / 1000)
  return Math.min(60, Math.max(1, seconds))
}
