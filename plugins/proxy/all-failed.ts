import { HulumanageError } from '../../src/contract/index.ts'
import type { PassedRequest } from '../../src/chat/passed-request.ts'
import { clip } from '../../src/text/clip.ts'
import type { AttemptFailure } from '../../src/attempt/failure.ts'
import { describeAttempts } from './described-attempts.ts'
import type { Member } from './pool/member.ts'
import type { RoutedCall } from './selection/routed-call.ts'

/**
 * The one error for a call that no provider could answer, with every attempt in its cause. `suitable`: the providers that
 * the configuration lets answer it, tried or not. `drained`: those that would be among them, had an operator not drained
 * them.
 */
export function allFailed(
  routed: RoutedCall,
  failures: readonly AttemptFailure[],
  suitable: readonly Member[],
  drained: readonly Member[],
): HulumanageError {
  const { model, target, requiredProvider, passed } = routed
  if (suitable.length === 0 && drained.length > 0) return allDrained(routed, failures, drained)
  if (suitable.length === 0) {
    if (passed) return nobodyOffers(passed, model, requiredProvider)
    return requiredProvider === undefined ? unknownModel(model) : providerGone(requiredProvider, model)
  }
  const retryAfter = secondsUntilOne(target, suitable)
  const last = failures.at(-1)
  if (!last) return noneHealthy(routed, suitable, { retryAfter, drained })
  // No provider with a larger context window can be asked.
  if (last.blame === 'request') return last
  if (failures.every(({ blame }) => ['model', 'unable', 'client'].includes(blame)))
    return withAll(failures, last)
  const shown = mostUseful(failures) ?? last
  const message = describe(failures, shown) + whenNext(target, suitable)
  // The error of a service that asks to wait is passed on, since it tells clients more. After several, its message lists them all.
  const { upstream } = shown
  const quoted = upstream && failures.length > 1 ? { ...upstream, message } : upstream
  const isWorthWaiting = shown.status === 429 || shown.status === 503
  return new HulumanageError(shown.code, message, {
    cause: failures.length === 1 ? last : new AggregateError(failures, 'every provider failed'),
    ...(isWorthWaiting ? { retryAfter: shown.retryAfter ?? retryAfter } : {}),
    shouldRetry: shown.shouldRetry,
    ...(shown.blame === 'limited' ? { upstream: quoted, limits: shown.limits } : {}),
  })
}

/** The last failure, which decides the code and the status, with the words of all. */
function withAll(failures: readonly AttemptFailure[], last: AttemptFailure): HulumanageError {
  if (failures.length === 1) return last
  const cause = new AggregateError(failures, 'every provider failed')
  return last.with({ message: describe(failures, last), cause })
}

/** A single failure in its own words; several attempts one by one. */
function describe(failures: readonly AttemptFailure[], shown: AttemptFailure): string {
  if (failures.length === 1) return shown.message
  const { size } = new Set(failures.map(({ provider }) => provider))
  return `${size === 1 ? '' : `All ${size} providers failed. `}${describeAttempts(failures)}`
}

/** When the first provider is asked again, if all rest. */
function whenNext(target: string, suitable: readonly Member[]): string {
  const now = performance.now()
  const isAvailable = suitable.some(({ state }) => state.admits(target, now))
  return isAvailable ? '' : `; the next one is due in ${secondsUntilOne(target, suitable)} s`
}

/** The failure that helps the client most: it can wait for a limit, but can do nothing about our key or a missing feature. */
function mostUseful(failures: readonly AttemptFailure[]): AttemptFailure | undefined {
  return (
    failures.findLast(({ blame }) => blame === 'limited') ??
    failures.findLast(({ blame }) => blame !== 'key' && blame !== 'unable')
  )
}

/** No provider may be asked: all speak another API, or the one named by the client is unsuitable. */
function nobodyOffers(
  { method, path }: PassedRequest,
  model: string,
  named: string | undefined,
): HulumanageError {
  const what = `${method} ${path.split('?', 1)[0]}${model === '' ? '' : ` for the model "${clip(model)}"`}`
  const message =
    named === undefined
      ? `No provider offers ${what}`
      : `No provider called "${clip(named)}", which x-hulumanage-provider names, offers ${what}; name another, or omit the header`
  return new HulumanageError('unknown_url', message, { shouldRetry: false })
}

function unknownModel(model: string): HulumanageError {
  const message = `No provider lists or maps the model "${clip(model)}"; GET /v1/models lists the available ones`
  return new HulumanageError('model_not_found', message, { param: 'model', shouldRetry: false })
}

/** The id of an earlier response names a provider that can no longer be asked. */
function providerGone(provider: string, model: string): HulumanageError {
  const param = 'previous_response_id'
  const message = `${param}: the response is from the provider "${provider}", which is not configured for "${clip(model)}"`
  return new HulumanageError('invalid_value', message, { param, shouldRetry: false })
}

function noneHealthy(
  { subject, target }: RoutedCall,
  suitable: readonly Member[],
  { retryAfter, drained }: { readonly retryAfter: number; readonly drained: readonly Member[] },
): HulumanageError {
  const now = performance.now()
  const breakers = suitable.map(({ state }) => state.breaker)
  const reasons = breakers.map(breaker => breaker.restReason(target, now))
  if (reasons.every(reason => reason === 'rate_limit_exceeded' || reason === 'upstream_overloaded')) {
    const isOverload = reasons.includes('upstream_overloaded')
    const state = isOverload ? 'is overloaded or has reached its rate limit' : 'has reached its rate limit'
    const message = `Every provider for ${subject} ${state}; try again in ${retryAfter} s`
    return new HulumanageError(isOverload ? 'upstream_overloaded' : 'rate_limit_exceeded', message, {
      retryAfter,
    })
  }
  const lastError = breakers.map(breaker => breaker.lastError).findLast(error => error !== undefined)
  const reason = lastError === undefined ? '' : `; last error: ${lastError}`
  const message = `No healthy provider is available for ${subject}${reason}${alsoDrained(drained)}; the next one is due in ${retryAfter} s. GET /providers shows the state of each`
  return new HulumanageError('no_healthy_upstream', message, { retryAfter })
}

/** Every provider is drained, perhaps while the call was on its way. Nobody knows for how long, so no retry is suggested. */
function allDrained(
  { subject }: RoutedCall,
  failures: readonly AttemptFailure[],
  drained: readonly Member[],
): HulumanageError {
  const every = drained.length === 1 ? 'The only provider' : 'Every provider'
  const before = failures.length === 0 ? '' : `${describeAttempts(failures)}. `
  const message = `${before}${every} for ${subject} is drained (${namesOf(drained)}): an operator has taken it out of service. POST /providers/${encodeURIComponent(drained[0]!.name)}/resume ends that`
  return new HulumanageError('no_healthy_upstream', message, {
    shouldRetry: false,
    ...(failures.length > 0 && { cause: new AggregateError(failures, 'every provider failed') }),
  })
}

function alsoDrained(drained: readonly Member[]): string {
  return drained.length === 0 ? '' : `; drained by an operator: ${namesOf(drained)}`
}

function namesOf(members: readonly Member[]): string {
  return members.map(({ name }) => name).join(', ')
}

/** Seconds until the first provider is asked again, from 1 to 60. */
function secondsUntilOne(target: string, suitable: readonly Member[]): number {
  const soonest = Math.min(...suitable.map(({ state }) => state.breaker.availableAt(target)))
  const seconds = Math.ceil((soonest - performance.now()) / 1000)
  return Math.min(60, Math.max(1, seconds))
}
