import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'

/** The default of `routing.max_cooldown`, in seconds. */
const defaultMaxCooldown = 20

/**
 * Converts `allowed_fails` and `cooldown_time` as LLMProxy and LiteLLM define them: one failure more than allowed takes
 * an endpoint out of service, and for no time at all if `cooldown_time` is 0.
 */
export function convertFailures(theirs: ForeignMapping, ours: Conversion): void {
  const allowed = theirs.number('allowed_fails')
  if (allowed !== undefined) {
    ours.put(['routing', 'failure_threshold'], allowed + 1, theirs.at('allowed_fails'))
  }
  const cooldown = theirs.get('cooldown_time')
  if (cooldown === 0) {
    return ours.put(['monitoring', 'track_errors'], false, theirs.at('cooldown_time'))
  }
  ours.put(['routing', 'cooldown'], cooldown, theirs.at('cooldown_time'))
  if (typeof cooldown === 'number' && cooldown > defaultMaxCooldown) {
    ours.put(['routing', 'max_cooldown'], cooldown, theirs.at('cooldown_time'))
  }
}

/**
 * The retries per endpoint that `num_retries`, which counts them over a whole group, amounts to. Each endpoint of a
 * group is tried once anyway, so only a group with fewer endpoints than attempts needs retries at the same one.
 */
export function retriesAtOne(retries: number, endpoints: number): number {
  return Math.max(0, Math.floor((retries + 1) / endpoints) - 1)
}
