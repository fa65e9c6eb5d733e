import type { Conversion } from './conversion.ts'
import type { Path } from '../problems.ts'

/** The default of `routing.max_cooldown`, in seconds. */
const defaultMaxCooldown = 20

/** Converts `cooldown_time`; `from`: its place. A time above the default maximum raises the maximum. */
export function convertCooldown(cooldown: unknown, from: Path, ours: Conversion): void {
  ours.put(['routing', 'cooldown'], cooldown, from)
  if (typeof cooldown === 'number' && cooldown > defaultMaxCooldown)
    ours.put(['routing', 'max_cooldown'], cooldown, from)
}

/**
 * The retries per endpoint that `num_retries`, which counts them over a whole group, amounts to. Each endpoint of a
 * group is tried once anyway, so only a group with fewer endpoints than attempts needs retries at the same one.
 */
export function retriesAtOne(retries: number, endpoints: number): number {
  return Math.max(0, Math.floor((retries + 1) / endpoints) - 1)
}
