import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptFailure } from '../../src/attempt/failure.ts'
import { backoff } from '../../src/time/backoff.ts'
import type { Member } from './pool/member.ts'
import type { Balancer } from './selection/balancer.ts'
import type { RoutedCall } from './selection/routed-call.ts'
import { anotherKeyMayDo } from './state/key-ring.ts'

/** Longest pause before a retry, however often it was doubled. */
const longestPauseMs = 8_000
/** Longest `retry-after` in seconds that is waited for: beyond it, the next provider is faster. */
const longestRetryAfter = 2

/** The randomness and the clock behind the pauses before retries; tests bring their own. */
export interface Pacing {
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
  /** Waits at least `milliseconds`; rejects with the signal's reason when it aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export const realPacing: Pacing = { random: () => Math.random(), pause }

/** Decides for one call whether a provider that has just failed is asked again before the next one. */
export class Retries {
  readonly #balancer: Balancer
  readonly #routed: RoutedCall
  readonly #pacing: Pacing
  readonly #keysTried = new Map<Member, number>()
  readonly #retried = new Map<Member, number>()

  constructor(balancer: Balancer, routed: RoutedCall, pacing: Pacing) {
    this.#balancer = balancer
    this.#routed = routed
    this.#pacing = pacing
  }

  /**
   * Resolves to the reason to ask the provider again, after the pause that precedes it; undefined if the next provider
   * is to be asked. Rejects with the reason of the call's signal if that aborts during the pause.
   */
  async decide(member: Member, failure: AttemptFailure): Promise<'another key' | 'retry' | undefined> {
    if (this.#hasOtherKey(member, failure)) return 'another key'
    const pauseMs = this.#pauseMs(member, failure)
    if (pauseMs === undefined) return undefined
    await this.#pacing.pause(pauseMs, this.#routed.call.signal)
    return 'retry'
  }

  #hasOtherKey(member: Member, failure: AttemptFailure): boolean {
    const { keys } = member.state
    if (!keys || !anotherKeyMayDo(failure)) return false
    const tried = (this.#keysTried.get(member) ?? 0) + 1
    this.#keysTried.set(member, tried)
    return tried < keys.total && keys.usable(performance.now(), this.#routed.target) > 0
  }

  /**
   * The pause before a retry; undefined if there is to be none. Full jitter: anything from zero to the doubled delay, so
   * that calls that failed together spread out.
   */
  #pauseMs(member: Member, failure: AttemptFailure): number | undefined {
    const { max, delay } = member.provider.config.retries
    const retried = this.#retried.get(member) ?? 0
    if (retried >= max || !mayPassSoon(failure, member)) return undefined
    const ceilingMs = backoff(delay * 1000, retried, longestPauseMs)
    const pauseMs = Math.max(this.#pacing.random() * ceilingMs, (failure.retryAfter ?? 0) * 1000)
    const end = performance.now() + pauseMs
    if (end >= this.#routed.call.request.budget.deadline) return undefined
    if (!this.#balancer.admits(member, this.#routed, end)) return undefined
    this.#retried.set(member, retried + 1)
    return pauseMs
  }
}

function mayPassSoon({ blame, retryAfter }: AttemptFailure, { adaptiveLimit }: Member): boolean {
  if (blame === 'failing') return true
  if (blame !== 'limited') return false
  // If the provider names no time, its adaptive limit has been lowered, and the call waits for a slot again.
  return retryAfter === undefined ? adaptiveLimit !== undefined : retryAfter <= longestRetryAfter
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + milliseconds
  try {
    // A timer may fire a little early.
    for (let left = milliseconds; left > 0; left = end - performance.now()) {
      await sleep(Math.ceil(left), undefined, { signal })
    }
  } catch {
    throw signal.reason
  }
}
