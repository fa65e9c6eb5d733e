import type { CallFacts } from '../../../chain/accounting/trace.ts'

/**
 * Joins a call with the only call that was made for it if both are the same one, seen by two layers: by the step that made
 * it, and by the meter under its wrappers.
 */
export function unwrap(call: CallFacts): CallFacts {
  const [only, another] = call.calls
  if (!only || another || call.attempts.length > 0 || call.error !== only.error) return call
  if (call.discarded.size > 0 && only.discarded.size > 0) return call
  const discarded = only.discarded.size > 0 ? only.discarded : call.discarded
  return unwrap({ ...only, startedAt: call.startedAt, endedAt: call.endedAt ?? only.endedAt, discarded })
}
