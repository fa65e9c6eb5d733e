import { HulumanageError } from '../../contract/index.ts'
import type { Budget, MeterReading } from '../../contract/index.ts'

/** The maximum that one client request may spend. */
export interface Allowance {
  /** Model calls. */
  readonly calls: number
  /** Prompt and completion tokens. */
  readonly tokens: number
  /** The cost of all attempts. */
  readonly usd: number
  /** On the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number
  /** The source of the deadline: the client's own budget, or the server's `timeouts.total`. */
  readonly timeCode: 'budget_time' | 'deadline_exceeded'
  /** Set if the deadline is when the client stops waiting, by its own words. */
  readonly patience?: Patience
}

/** How long a client waits for an answer, as it says itself. */
export interface Patience {
  readonly seconds: number
  /** The deadline once the answer has begun, if the client waits only for its head. */
  readonly afterHead?: number | undefined
}

/** The budget that a client sets for itself, within the server's limits. Seconds may be a fraction. */
export interface Grant {
  readonly calls?: number | undefined
  readonly tokens?: number | undefined
  readonly usd?: number | undefined
  readonly seconds?: number | undefined
}

interface ServerLimits {
  readonly limits: {
    readonly calls: number
    readonly tokens?: number | undefined
    readonly usd?: number | undefined
  }
  readonly timeouts: { readonly total: number }
}

/** The smaller of what the client grants and what the server allows, starting `now`. */
export function allowanceOf(
  grant: Grant | undefined,
  server: ServerLimits,
  now = performance.now(),
): Allowance {
  const { total } = server.timeouts
  const seconds = Math.min(grant?.seconds ?? total, total)
  return {
    calls: Math.min(grant?.calls ?? Infinity, server.limits.calls),
    tokens: Math.min(grant?.tokens ?? Infinity, server.limits.tokens ?? Infinity),
    usd: Math.min(grant?.usd ?? Infinity, server.limits.usd ?? Infinity),
    deadline: now + seconds * 1000,
    timeCode: seconds < total ? 'budget_time' : 'deadline_exceeded',
  }
}

/** The part of a client's patience that is left for the answer to reach it, at most `maxReserve` seconds. */
const reserve = 0.05
const maxReserve = 1

/**
 * The allowance of a client that says how many seconds it waits: it ends a little earlier, so that the best answer so far
 * or the error still reaches it. `headOnly`: it waits so long for the head of the answer, not for its end.
 */
export function withinPatience(
  allowance: Allowance,
  seconds: number,
  headOnly: boolean,
  now = performance.now(),
): Allowance {
  const deadline = now + (seconds - Math.min(seconds * reserve, maxReserve)) * 1000
  if (deadline >= allowance.deadline) return allowance
  const patience = { seconds, afterHead: headOnly ? allowance.deadline : undefined }
  return { ...allowance, deadline, timeCode: 'deadline_exceeded', patience }
}

/** The error for a time budget or deadline that has passed. */
export function timeIsUp({ timeCode, patience }: Pick<Allowance, 'timeCode' | 'patience'>): HulumanageError {
  const limit = timeCode === 'budget_time' ? 'hulumanage_budget.seconds' : 'timeouts.total'
  const message = patience
    ? `The client gives up after ${patience.seconds} s; give it a longer timeout, or request less`
    : `The time for the whole request is up; raise ${limit}, or request less`
  return new HulumanageError(timeCode, message)
}

/** The rest of an allowance, computed from the meter. */
export class RemainingBudget implements Budget {
  readonly deadline: number
  readonly #allowance: Allowance
  readonly #meter: Pick<MeterReading, 'calls' | 'usage' | 'cost'>

  constructor(allowance: Allowance, meter: Pick<MeterReading, 'calls' | 'usage' | 'cost'>) {
    this.#allowance = allowance
    this.#meter = meter
    this.deadline = allowance.deadline
  }

  get calls(): number {
    return Math.max(0, this.#allowance.calls - this.#meter.calls)
  }

  get tokens(): number {
    return Math.max(0, this.#allowance.tokens - this.#meter.usage.total_tokens)
  }

  /** Nothing is left of a limit once the price of an attempt is unknown. */
  get usd(): number {
    const { usd } = this.#allowance
    return usd === Infinity ? usd : Math.max(0, usd - (this.#meter.cost.usd ?? Infinity))
  }
}
