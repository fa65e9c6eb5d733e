import { estimateUsage } from '../chat/estimate.ts'
import type { AttemptCost, AttemptReport, Usage } from '../contract/index.ts'
import { loggedReason } from '../contract/logged-error.ts'
import type { AttemptFailure } from './failure.ts'
import type { AttemptOptions } from './options.ts'

/** The facts about an attempt at its end. Times are on the clock of `performance.now()`. */
interface Outcome extends Spent {
  readonly startedAt: number
  /** When the reply was handed out, if it was. */
  readonly repliedAt: number | undefined
  readonly failure: AttemptFailure | undefined
  /** Set if the attempt has been charged already. */
  readonly cost?: AttemptCost | undefined
}

/** Reports the end of an attempt to `onEnd`, which releases its slot, then to meter, trace and debug log. Never throws. */
export function recordEnd(options: AttemptOptions, outcome: Outcome): void {
  const { call, provider, request, reason, recovery, onEnd } = options
  const { status, startedAt, repliedAt, failure, usage } = outcome
  const cost = outcome.cost ?? charge(options, outcome)
  const now = performance.now()
  const { meter, log } = call.request
  const report: AttemptReport = {
    path: call.path,
    provider: provider.name,
    model: request.model,
    reason,
    outcome: failure?.code ?? 'ok',
    status,
    headMs: (repliedAt ?? now) - startedAt,
    totalMs: now - startedAt,
    usage,
    cost,
    ...(recovery && { recovery }),
  }
  attemptTo(() => onEnd?.({ report, failure, usage }))
  attemptTo(() => {
    meter.report(report)
    call.trace?.attempted(report)
    if (log.isLevelEnabled('debug'))
      log.debug({ attempt: report, error: failure && loggedReason(failure) }, 'attempt')
  })

  /** A listener that fails must not keep the others from hearing of the end, nor end the process. */
  function attemptTo(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      log.error({ err: error, provider: provider.name }, 'recording the end of an attempt failed')
    }
  }
}

/** The facts about an attempt that decide its cost. */
interface Spent {
  readonly usage: Usage | undefined
  readonly failure?: AttemptFailure | undefined
  readonly status: number | undefined
  /** Whether the request has been written to a connection. */
  readonly sent?: boolean
}

const unknownCost: AttemptCost = Object.freeze({ usd: null })

/**
 * Charges the client's request for an attempt, and returns the cost; undefined if nothing was spent. Without usage, an
 * attempt that the provider was working on has cost its prompt at least. A stream is charged at its end, before the reader
 * of the end goes by the cost; the connection may end later.
 */
export function charge(options: AttemptOptions, spent: Spent): AttemptCost | undefined {
  const { failure } = spent
  if (failure && !spent.usage && !wasWorkedOn(spent, failure)) return undefined
  const cost = costOf(options, spent)
  const { request, trace, bill } = options.call
  request.meter.spend({ cost, tokens: spent.usage?.total_tokens ?? 0 }, failure !== undefined, bill)
  trace?.spent(cost, failure !== undefined)
  return cost
}

function costOf({ provider, request, call }: AttemptOptions, { usage, failure }: Spent): AttemptCost {
  const known = usage ?? (failure && request.messages.length > 0 ? estimateUsage(request, 0) : undefined)
  const { prices } = provider
  if (!known || (prices.areUnknown && !('cost' in known))) return unknownCost
  const usd = prices.costOf(request.model, known, call.request.config.costs.list_prices)
  if (usd === null) return unknownCost
  return failure || known.estimated ? { usd, estimated: true } : { usd }
}

/** Whether a provider had begun an answer, or was left while it may have worked on one. */
function wasWorkedOn({ status, sent = false }: Spent, { blame }: AttemptFailure): boolean {
  if (status !== undefined) return status < 300
  return sent && (blame === 'nobody' || blame === 'slow')
}
