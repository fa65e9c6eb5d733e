import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../../src/contract/index.ts'
import type { AttemptFailure } from '../../src/attempt/failure.ts'
import type { Member } from './pool/pool.ts'
import type { Guards } from './state/provider-state.ts'
import { concernsKey } from './state/key-ring.ts'
import { backoff } from '../../src/time/backoff.ts'

/** Longest pause before a retry, however often it was doubled. */
const longestPauseMs = 8_000
/** A provider that asks to wait longer than this is not waited for: the next one is faster. */
const longestRetryAfter = 2

/** What the pauses between attempts are made with. */
export interface Pacing {
  /** From 0 to below 1. */
  readonly random: () => number
  /** Waits so many milliseconds, no less; rejects with the signal's reason when it aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export const realPacing: Pacing = { random: Math.random, pause }

/** Decides for one request whether the provider that has just failed is asked again before the next one. */
export class Retries {
  readonly #model: string
  readonly #call: Call
  readonly #guards: Guards
  readonly #pacing: Pacing
  readonly #keysTried = new Map<Member, number>()
  readonly #retried = new Map<Member, number>()

  constructor(model: string, call: Call, guards: Guards, pacing: Pacing) {
    this.#model = model
    this.#call = call
    this.#guards = guards
    this.#pacing = pacing
  }

  /** Why it is asked again, once the pause before that is over; undefined where it is not. */
  async wanted(member: Member, failure: AttemptFailure): Promise<string | undefined> {
    if (this.#hasOtherKey(member, failure)) return 'another key'
    const pauseMs = this.#pauseMs(member, failure)
    if (pauseMs === undefined) return undefined
    await this.#pacing.pause(pauseMs, this.#call.signal)
    return 'retry'
  }

  #hasOtherKey(member: Member, failure: AttemptFailure): boolean {
    const ring = this.#guards.keys(member)
    if (!ring || !concernsKey(failure)) return false
    const tried = (this.#keysTried.get(member) ?? 0) + 1
    this.#keysTried.set(member, tried)
    return tried < ring.total && ring.usable(performance.now()) > 0
  }

  /** Full jitter: anything between nothing and the doubled delay, so that calls that failed together come apart. */
  #pauseMs(member: Member, failure: AttemptFailure): number | undefined {
    const { max, delay } = member.provider.config.retries
    const retried = this.#retried.get(member) ?? 0
    if (retried >= max || !mayPassSoon(failure)) return undefined
    const ceiling = backoff(delay * 1000, retried, longestPauseMs)
    const pauseMs = Math.max(this.#pacing.random() * ceiling, (failure.retryAfter ?? 0) * 1000)
    const end = performance.now() + pauseMs
    if (end >= this.#call.request.budget.deadline) return undefined
    if (this.#guards.breaker(member.name).availableAt(this.#model) > end) return undefined
    this.#retried.set(member, retried + 1)
    return pauseMs
  }
}

function mayPassSoon({ blame, retryAfter }: AttemptFailure): boolean {
  if (blame === 'failing') return true
  return blame === 'limited' && retryAfter !== undefined && retryAfter <= longestRetryAfter
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + milliseconds
  try {
    // A timer may fire a little before its time.
    for (let left = milliseconds; left > 0; left = end - performance.now()) {
      await sleep(Math.ceil(left), undefined, { signal })
    }
  } catch {
    throw signal.reason
  }
}
