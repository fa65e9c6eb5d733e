import type { Reply } from '../../../src/contract/index.ts'
import { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { Pacing } from '../retry.ts'
import type { Balancer } from '../selection/balancer.ts'
import type { RoutedCall } from '../selection/routed-call.ts'
import type { Selection } from '../selection/selection.ts'
import { Contender } from './contender.ts'
import type { Result, SendAs } from './contender.ts'
import { Hedges } from '../pool/hedges.ts'
import { detach } from '../../../src/time/background.ts'

/** A call that may be hedged. */
export interface HedgedCall {
  readonly routed: RoutedCall
  readonly balancer: Balancer
  readonly pacing: Pacing
  readonly send: SendAs
  /** Records the failure of an attempt while the other one is still under way. */
  readonly onFailure: (failure: AttemptFailure) => void
}

/**
 * Makes an attempt, and a second one at another provider if the first has no content by then; the first to have some is
 * the answer, and the other is cancelled. The second one needs a free slot and a hedge in the budget. Rejects as an attempt
 * does: at once for a fault of the request itself, else with the failure of the later one.
 */
export async function sendHedged(selection: Selection, hedged: HedgedCall): Promise<Reply> {
  const { routed, balancer } = hedged
  const { times } = (balancer.hedges ??= new Hedges())
  const first = new Contender(selection, routed, hedged.send)
  const second = await secondOf(first, hedged).catch((error: unknown) => {
    // Such as a strategy of a plugin that throws. The first attempt is under way, and nobody else reads its answer.
    routed.call.request.log.warn({ err: error }, 'choosing a provider for a hedge failed')
    return undefined
  })
  if (second) return await race(first, second, hedged)
  const reply = replyOf(await first.result)
  times.record(routed, first.elapsedMs)
  return reply
}

/** Begins the second attempt, if the first takes long enough and a provider is free. */
async function secondOf(first: Contender, hedged: HedgedCall): Promise<Contender | undefined> {
  const { routed, balancer, send } = hedged
  const { hedges, slots } = balancer
  const { hedge } = routed.config.routing
  if (!hedges || !hedge) return undefined
  hedges.budget.earn(hedge.budget)
  const delayMs = hedges.delayMs(hedge, routed)
  if (delayMs === undefined || (await hasResultWithin(delayMs, first, hedged.pacing))) return undefined
  // A call that waits for a slot needs it more.
  if (!hedges.budget.allows || slots.waiting > 0) return undefined
  const selection = balancer.selectBeside(first.selection.member, routed)
  if (!selection) return undefined
  hedges.budget.spend()
  const facts = { provider: first.name, hedge: selection.member.name, after_ms: Math.round(delayMs) }
  routed.call.request.log.info(facts, 'provider is slow; asking another one as well')
  return new Contender(selection, routed, send)
}

/** Whether an attempt has a result within that time. */
async function hasResultWithin(
  milliseconds: number,
  { result }: Contender,
  pacing: Pacing,
): Promise<boolean> {
  const settled = new AbortController()
  // Cannot reject: neither does the result, nor does an abort throw.
  detach(
    result.then(() => settled.abort()),
    'waiting for a hedged attempt',
  )
  await pacing.pause(milliseconds, settled.signal).catch(() => {})
  return settled.signal.aborted
}

async function race(first: Contender, second: Contender, hedged: HedgedCall): Promise<Reply> {
  const result = await Promise.race([first.result, second.result])
  const rest = result.contender === first ? second : first
  if ('error' in result && mayBeSaved(result.error)) {
    hedged.onFailure(result.error)
    return finish(await rest.result, hedged)
  }
  rest.lose(result.contender.name)
  // It would have taken at least that long. A hedge that lost took little time because it began late, which proves nothing.
  if ('reply' in result && rest === first)
    hedged.balancer.hedges?.times.record(hedged.routed, first.elapsedMs)
  // It did not fail: it may be asked again, should the answer break off.
  hedged.routed.allowAgain(rest.selection.member)
  return finish(result, hedged)
}

function mayBeSaved(error: unknown): error is AttemptFailure {
  if (!(error instanceof AttemptFailure)) return false
  return error.retryable || (error.upstream?.code === 'context_length_exceeded' && !error.final)
}

function finish(result: Result, { routed, balancer }: HedgedCall): Reply {
  const reply = replyOf(result)
  routed.call.request.meter.answered(result.contender.name)
  balancer.hedges?.times.record(routed, result.contender.elapsedMs)
  return reply
}

function replyOf(result: Result): Reply {
  if ('error' in result) throw result.error
  return result.reply
}
