import { HulumanageError } from '../../contract/index.ts'
import type { Budget, MeterReading } from '../../contract/index.ts'

/** The maximum that one client request may spend. */
export interface Allowance {
  /** Model calls. */
  readonly calls: number
  /** Prompt and completion tokens. */
  readonly tokens: number
  /** On the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number
  /** The source of the deadline: the client's own budget, or the server's `timeouts.total`. */
  readonly timeCode: 'budget_time' | 'deadline_exceeded'
}

/** The budget that a client sets for itself, within the server's limits. Seconds may be a fraction. */
export interface Grant {
  readonly calls?: number | undefined
  readonly tokens?: number | undefined
  readonly seconds?: number | undefined
}

interface ServerLimits {
  readonly limits: { readonly calls: number; readonly tokens?: number | undefined }
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
    deadline: now + seconds * 1000,
    timeCode: seconds < total ? 'budget_time' : 'deadline_exceeded',
  }
}

/** The error for a time budget or deadline that has passed. */
export function timeIsUp(code: Allowance['timeCode']): HulumanageError {
  const limit = code === 'budget_time' ? 'hulumanage_budget.seconds' : 'timeouts.total'
  return new HulumanageError(code, `The time for the whole request is up; raise ${limit}, or request less`)
}

/** The rest of an allowance, computed from the meter. */
export class RemainingBudget implements Budget {
  readonly deadline: number
  readonly #allowance: Allowance
  readonly #meter: Pick<MeterReading, 'calls' | 'usage'>

  constructor(allowance: Allowance, meter: Pick<MeterReading, 'calls' | 'usage'>) {
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
}
