import { estimateUsage } from '../chat/estimate.ts'
import type { AttemptCost, AttemptReport, Usage } from '../contract/index.ts'
import { loggedReason } from '../contract/logged-error.ts'
import type { AttemptFailure } from './failure.ts'
import type { AttemptEnd, AttemptOptions } from './options.ts'

/** The facts about an attempt at its end. Times are on the clock of `performance.now()`. */
interface Outcome extends Spent {
  readonly startedAt: number
  /** When the reply was handed out, if it was. */
  readonly repliedAt: number | undefined
  readonly failure?: AttemptFailure | undefined
}

/**
 * Charges an attempt that has ended, and reports it to meter, trace and debug log. A stream has ended although its connection
 * may not have: whoever reads the record of the request next must find the call in it. Never throws.
 */
export function recordEnd(options: AttemptOptions, outcome: Outcome): AttemptReport {
  const report = reportOf(options, { ...outcome, usage: usageOf(options, outcome) })
  const { trace, request } = options.call
  const { meter, log } = request
  attemptTo(options, () => {
    meter.report(report)
    trace?.attempted(report)
    if (log.isLevelEnabled('debug'))
      log.debug({ attempt: report, error: outcome.failure && loggedReason(outcome.failure) }, 'attempt')
  })
  return report
}

/** Tells `onEnd`, which releases the slot of an attempt, that its connection has ended as well. Never throws. */
export function releaseSlot(options: AttemptOptions, end: AttemptEnd): void {
  attemptTo(options, () => options.onEnd?.(end))
}

function reportOf(options: AttemptOptions, outcome: Outcome): AttemptReport {
  const { call, provider, request, reason, recovery, leftOut } = options
  const { response, startedAt, repliedAt, failure, usage } = outcome
  const isStreamed = request.stream === true && repliedAt !== undefined && response?.stream !== undefined
  const cost = charge(options, outcome)
  const now = performance.now()
  return {
    path: call.path,
    provider: provider.name,
    model: request.model,
    reason,
    outcome: failure?.code ?? 'ok',
    status: response?.status,
    headMs: (repliedAt ?? now) - startedAt,
    ...(isStreamed && { streamed: true }),
    totalMs: now - startedAt,
    usage,
    cost,
    ...(recovery && { recovery }),
    ...(leftOut && { leftOut }),
  }
}

/** A listener that fails must not keep the others from hearing of the end, nor end the process. */
function attemptTo({ call, provider }: AttemptOptions, tell: () => void): void {
  try {
    tell()
  } catch (error) {
    call.request.log.error({ err: error, provider: provider.name }, 'recording the end of an attempt failed')
  }
}

/** The facts about an attempt that decide its cost. */
interface Spent {
  readonly usage: Usage | undefined
  readonly failure?: AttemptFailure | undefined
  /** The response, once its head has come. `stream` is its body if that is read as a stream. */
  readonly response: { readonly status: number; readonly stream?: object | undefined } | undefined
  /** Whether the request has been written to a connection. */
  readonly sent?: boolean
}

const unknownCost: AttemptCost = Object.freeze({ usd: null })

/** The usage of an attempt. Without a report, one that the provider was working on has used its prompt at least. */
function usageOf({ request }: AttemptOptions, spent: Spent): Usage | undefined {
  const { usage, failure } = spent
  if (usage || !failure || !wasWorkedOn(spent, failure)) return usage
  return request.messages.length > 0 ? estimateUsage(request, 0) : undefined
}

/** Charges the client's request for an attempt, and returns the cost; undefined if nothing was spent. */
function charge(options: AttemptOptions, spent: Spent): AttemptCost | undefined {
  const { failure } = spent
  if (failure && !spent.usage && !wasWorkedOn(spent, failure)) return undefined
  const cost = costOf(options, spent)
  const { request, trace, bill } = options.call
  request.meter.spend({ cost, tokens: spent.usage?.total_tokens ?? 0 }, failure !== undefined, bill)
  trace?.spent(cost, failure !== undefined)
  return cost
}

function costOf({ provider, request, call }: AttemptOptions, { usage, failure }: Spent): AttemptCost {
  const { prices } = provider
  if (!usage || (prices.areUnknown && !('cost' in usage))) return unknownCost
  const usd = prices.costOf(request.model, usage, call.request.config.costs.list_prices)
  if (usd === null) return unknownCost
  return failure || usage.estimated ? { usd, estimated: true } : { usd }
}

/** Whether a provider had begun an answer, or was left while it may have worked on one. */
function wasWorkedOn({ response, sent = false }: Spent, { blame }: AttemptFailure): boolean {
  if (response) return response.status < 300
  return sent && (blame === 'nobody' || blame === 'slow')
}
