import type { Call, ChatRequest, Reply } from '../../src/contract/index.ts'
import { attempt } from '../../src/attempt/attempt.ts'
import { clocksOf } from '../../src/attempt/options.ts'
import type { AttemptEnd } from '../../src/attempt/options.ts'
import { AttemptFailure } from '../../src/attempt/failure.ts'
import { allFailed } from './all-failed.ts'
import { realPacing, Retries } from './retry.ts'
import type { Pacing } from './retry.ts'
import type { Balancer } from './selection/balancer.ts'
import type { RoutedCall } from './selection/routed-call.ts'
import type { Selection } from './selection/selection.ts'
import { Selector } from './selection/selector.ts'

/**
 * Sends a call to one provider after the other until one has an answer: a whole one, or the first content of a stream.
 * Each is asked once, and again with its other keys and for its retries. A fault of the request itself ends the search at
 * once; if every provider fails, rejects with one error for all of them.
 */
export async function failover(
  request: ChatRequest,
  call: Call,
  balancer: Balancer,
  pacing: Pacing = realPacing,
): Promise<Reply> {
  const routed = balancer.route(request, call)
  const selector = new Selector(balancer, routed)
  const failures: AttemptFailure[] = []
  let retries: Retries | undefined
  let selection = selector.trySelect() ?? (await selector.select())
  while (selection) {
    try {
      return await send(selection, routed, balancer)
    } catch (error) {
      if (!(error instanceof AttemptFailure) || !error.retryable) throw error
      failures.push(error)
      retries ??= new Retries(routed, pacing)
      const reason = await retries.decide(selection.member, error)
      const repeated = reason === undefined ? undefined : selector.repeat(selection.member, reason)
      selection = repeated ?? selector.trySelect() ?? (await selector.select())
    }
  }
  throw allFailed(routed, failures, balancer.suitable(routed))
}

/** Makes one attempt at the selected provider. */
async function send(selection: Selection, routed: RoutedCall, balancer: Balancer): Promise<Reply> {
  const { request, call, config } = routed
  const { member, trial, reason } = selection
  const { provider } = member
  return await attempt({
    provider,
    request,
    call,
    clocks: clocksOf(config, provider.config.timeout),
    maxResponseBytes: config.limits.response_bytes,
    key: trial.key?.secret,
    reason,
    onEnd: end => release(selection, call, end, balancer),
  })
}

/** Records the end of an attempt in the state of its provider, and releases what was held for it. */
function release(selection: Selection, call: Call, end: AttemptEnd, { slots }: Balancer): void {
  const { member, state, lease, trial } = selection
  const { report, failure, usage } = end
  state.end(trial, report, failure)
  lease.release()
  if (state.rateLimit) {
    // Reserved tokens give way to those that were used: none if there was no answer.
    state.rateLimit.settle(trial.reserved, usage?.total_tokens ?? 0, performance.now())
    slots.poke()
  }
  if (state.keys && failure?.blame === 'key') {
    const keys = { total: state.keys.total, usable: state.keys.usable(performance.now()) }
    call.request.log.warn(
      { provider: member.name, keys, error: failure.message },
      'provider refused a key; setting it aside',
    )
  }
}
