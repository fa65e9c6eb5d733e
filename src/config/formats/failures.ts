import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'

const longestByDefault = 300

/**
 * `allowed_fails` and `cooldown_time`, as LLMProxy and LiteLLM mean them: one failure more than allowed takes an
 * endpoint out.
 */
export function convertFailures(theirs: ForeignMapping, ours: Conversion): void {
  const allowed = theirs.number('allowed_fails')
  if (allowed !== undefined) {
    ours.put(['routing', 'failure_threshold'], allowed + 1, theirs.at('allowed_fails'))
  }
  theirs.move('cooldown_time', ['routing', 'cooldown'])
  const cooldown = theirs.get('cooldown_time')
  if (typeof cooldown === 'number' && cooldown > longestByDefault) {
    ours.put(['routing', 'max_cooldown'], cooldown, theirs.at('cooldown_time'))
  }
}

/**
 * `num_retries`: further attempts at any endpoint of a group. Ours tries each endpoint of a group once, so that only
 * groups with fewer endpoints than attempts go to the same one again.
 */
export function retriesAtOne(retries: number, endpoints: number): number {
  return Math.max(0, Math.floor((retries + 1) / endpoints) - 1)
}
