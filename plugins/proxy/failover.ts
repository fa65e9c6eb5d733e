import type { ProviderCall } from '../../src/chat/provider-call.ts'
import { loadedOnce } from '../../src/time/loaded-once.ts'
import type { ChatRequest, Chunk, Reply } from '../../src/contract/index.ts'
import { loggedReason } from '../../src/contract/logged-error.ts'
import { attempt } from '../../src/attempt/attempt.ts'
import { timeoutsOf } from '../../src/attempt/options.ts'
import type { AttemptEnd, AttemptOptions } from '../../src/attempt/options.ts'
import { AttemptFailure } from '../../src/attempt/failure.ts'
import type { BrokenStream } from '../../src/attempt/recovery/recovery.ts'
import type { AdaptiveLimit } from './pool/adaptive-limit.ts'
import { allFailed } from './all-failed.ts'
import { Impatient, isPatienceGuessed } from './impatience.ts'
import type { SendTo } from './recovery/proxy-successors.ts'
import type { StreamOfProxy } from './recovery/recover-stream.ts'
import { realPacing, Retries } from './retry.ts'
import type { Pacing } from './retry.ts'
import type { Balancer } from './selection/balancer.ts'
import type { RoutedCall } from './selection/routed-call.ts'
import { warmCache } from './warm-cache.ts'
import type { Selection } from './selection/selection.ts'
import { outgrows } from './selection/windows.ts'
import { Selector } from './selection/selector.ts'

const loadHedging = loadedOnce(() => import('./hedging/send-hedged.ts'))

/**
 * Sends a call to one provider after the other until one has an answer: a whole one, or the first content of a stream.
 * Each is asked once, and again with its other keys and for its retries. A fault of the request itself ends the search at
 * once; if every provider fails, rejects with one error for all of them.
 */
export async function failover(
  request: ChatRequest,
  call: ProviderCall,
  balancer: Balancer,
  pacing: Pacing = realPacing,
): Promise<Reply> {
  const routed = balancer.route(request, call)
  const selector = new Selector(balancer, routed)
  const failures: AttemptFailure[] = []
  let retries: Retries | undefined
  const hedging = mayHedge(routed) ? await loadHedging() : undefined
  let selection = selector.trySelect() ?? (await selector.select())
  while (selection) {
    try {
      if (!hedging) return await send(selection, routed, balancer)
      return await hedging.sendHedged(selection, {
        routed,
        balancer,
        pacing,
        send: (chosen, own) => send(chosen, routed, balancer, own),
        onFailure: failure => failures.push(failure),
      })
    } catch (error) {
      if (!(error instanceof AttemptFailure)) throw error
      const member = hedging ? (balancer.pool.get(error.provider) ?? selection.member) : selection.member
      const isTooLong = error.upstream?.code === 'context_length_exceeded' && !error.final
      if (!error.retryable && !(isTooLong && outgrows(member, balancer.suitable(routed), routed))) throw error
      failures.push(error)
      retries ??= new Retries(balancer, routed, pacing)
      const reason = await retries.decide(member, error)
      const repeated = reason === undefined ? undefined : selector.repeat(member, reason)
      selection = repeated ?? selector.trySelect() ?? (await selector.select())
      if (selection) balancer.figures.sentOn(member, selection, error.code)
    }
  }
  throw allFailed(routed, failures, balancer.suitable(routed), balancer.drained(routed))
}

/** Whether a second provider may be asked: the answer has one choice, and making it twice does no harm. */
function mayHedge({ config, request, passed, call }: RoutedCall): boolean {
  if (!config.routing.hedge || passed) return false
  return (request.n ?? 1) === 1 && call.request.source?.body?.['background'] !== true
}

/** Makes the first attempt at a provider, whose stream is recovered if it breaks. `call`: with a signal for this attempt alone. */
function send(
  selection: Selection,
  routed: RoutedCall,
  balancer: Balancer,
  call: ProviderCall = routed.call,
): Promise<Reply> {
  const { config, request } = routed
  const mode = call.request.streamRecovery ?? config.routing.stream_recovery
  if (request.stream !== true || mode === 'off') return sendTo(selection, routed, balancer, { request, call })
  const sendAgain: SendTo = (other, to, request, recovery) =>
    sendTo(other, to, balancer, { request, recovery, call: to.call })
  const stream = { balancer, routed, member: selection.member, mode, sendTo: sendAgain }
  return sendTo(selection, routed, balancer, {
    request,
    call,
    recover: broken => recoverLater(broken, stream),
  })
}

/** Loads the code of recoveries when a stream breaks for the first time. */
async function* recoverLater(broken: BrokenStream, stream: StreamOfProxy): AsyncGenerator<Chunk, void> {
  const { recoverStream } = await import('./recovery/recover-stream.ts')
  yield* recoverStream(broken, stream)
}

/** Makes one attempt at the selected provider. */
async function sendTo(
  selection: Selection,
  routed: RoutedCall,
  balancer: Balancer,
  sent: Pick<AttemptOptions, 'request' | 'call' | 'recover' | 'recovery'>,
): Promise<Reply> {
  const { member, state, trial } = selection
  const { provider } = member
  const timeouts = timeoutsOf(routed.config, provider, sent.request)
  const impatience =
    sent.request.stream === true && isPatienceGuessed(provider, timeouts, routed)
      ? new Impatient(timeouts, routed, balancer)
      : undefined
  const onBegin = provider.config.warm_cache ? await warmCache(provider, sent) : undefined
  const measuredFrom = routed.strategy.measures ? performance.now() : undefined
  let reply: Reply
  try {
    const { request, call, recover, recovery } = sent
    // Not by spreading: an object that is written in one piece is made in a fraction of the time.
    reply = await attempt({
      request,
      call,
      recover,
      recovery,
      provider,
      timeouts: impatience ? { ...timeouts, impatience } : timeouts,
      maxResponseBytes: routed.config.limits.response_bytes,
      key: trial.key?.secret,
      reason: selection.reason,
      onBegin,
      onEnd: end => release(selection, routed, end),
    })
  } finally {
    onBegin?.()
  }
  state.answered(trial)
  impatience?.begun()
  if (measuredFrom !== undefined && !routed.passed) member.measured(routed, performance.now() - measuredFrom)
  return reply
}

/**
 * Adjusts a maximum of concurrent calls to the end of one. Returns whether that is all that a rejection calls for: the provider
 * has named no time, and gets fewer calls from now on.
 */
function adapt(limit: AdaptiveLimit, active: number, { failure, report }: AttemptEnd): boolean {
  const now = performance.now()
  if (!failure) limit.succeeded(active)
  else if (failure.blame === 'limited' || failure.code === 'upstream_overloaded')
    return limit.rejected(active, now - report.totalMs, now) && failure.retryAfter === undefined
  return false
}

/** Whether an attempt took long without content. A hedge that lost began late, so its time is short and proves nothing. */
function wasSlow({ reason }: Selection, { failure }: AttemptEnd): boolean {
  return failure?.blame === 'slow' || (failure?.code === 'outpaced' && reason !== 'hedge')
}

/** Records the end of an attempt in the state of its provider, and releases its slot. */
function release(selection: Selection, routed: RoutedCall, end: AttemptEnd): void {
  const { member, state, lease, trial } = selection
  const usable = end.failure?.blame === 'key' ? state.keys?.usable(performance.now()) : undefined
  try {
    const isSettled = member.adaptiveLimit !== undefined && adapt(member.adaptiveLimit, member.active, end)
    state.end(trial, end, isSettled)
  } finally {
    // After the state has its tokens back: the release lets waiting calls choose again.
    lease.release()
  }
  if (wasSlow(selection, end) && end.usage === undefined && routed.strategy.measures)
    member.measured(routed, end.report.headMs)
  if (!state.keys || !end.failure || usable === undefined) return
  const keys = { total: state.keys.total, usable: state.keys.usable(performance.now()) }
  // A provider that is asked although all its keys are set aside refuses one with every call.
  if (keys.usable === usable) return
  const facts = { provider: member.name, keys, error: loggedReason(end.failure) }
  routed.call.request.log.warn(facts, 'provider refused a key; setting it aside')
}
