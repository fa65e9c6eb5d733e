import type { AttemptEnd, AttemptOptions } from './options.ts'

/** Reports an attempt to meter, trace and debug log, then to its `onEnd`. */
export function recordEnd({ call, onEnd }: AttemptOptions, end: AttemptEnd): void {
  const { meter, log } = call.request
  const { report, failure } = end
  meter.report(report)
  call.trace?.attempted(report)
  if (log.isLevelEnabled('debug')) log.debug({ attempt: report, error: failure?.message }, 'attempt')
  onEnd?.(end)
}
