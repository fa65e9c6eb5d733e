import type { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { Pauses } from './circuit.ts'

/** The pauses of the configuration, in milliseconds. */
export interface Cooldowns {
  readonly cooldownMs: number
  readonly maxCooldownMs: number
}

/** Pause of a provider that refuses our key, which nobody fixes within seconds. */
const keyCooldownMs = 60_000
const quotaCooldownMs = 300_000
/** Pause before a provider is asked again for a model that it does not have. */
export const modelCooldownMs = 60_000

/** For how long a successful call is better evidence than failed checks. */
export const lately = 60_000

/** How long calls are kept away after a failure that takes a model or a provider out. */
export function pausesAfter(
  { code, blame }: AttemptFailure,
  { cooldownMs, maxCooldownMs }: Cooldowns,
): Pauses {
  const refusedMs = code === 'insufficient_quota' ? quotaCooldownMs : keyCooldownMs
  return { firstMs: blame === 'key' ? refusedMs : cooldownMs, longestMs: maxCooldownMs }
}

/** How long a provider has asked to wait, in milliseconds. */
export function limitMs({ retryAfter }: AttemptFailure, { cooldownMs }: Cooldowns): number {
  return retryAfter === undefined ? cooldownMs : retryAfter * 1000
}
