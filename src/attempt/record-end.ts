import type { AttemptReport, Usage } from '../contract/index.ts'
import { loggedReason } from '../contract/logged-error.ts'
import type { AttemptFailure } from './failure.ts'
import type { AttemptOptions } from './options.ts'

/** The facts about an attempt at its end. */
interface Outcome extends Pick<AttemptReport, 'status' | 'headMs' | 'totalMs'> {
  readonly failure: AttemptFailure | undefined
  readonly usage: Usage | undefined
}

/** Reports the end of an attempt to `onEnd`, which releases its slot, then to meter, trace and debug log. Never throws. */
export function recordEnd(options: AttemptOptions, outcome: Outcome): void {
  const { call, provider, request, reason, recovery, onEnd } = options
  const { status, headMs, totalMs, failure, usage } = outcome
  const { meter, log } = call.request
  const report: AttemptReport = {
    path: call.path,
    provider: provider.name,
    model: request.model,
    reason,
    outcome: failure?.code ?? 'ok',
    status,
    headMs,
    totalMs,
    usage,
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
