import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { BudgetAmount, ClientBudget } from '../../../config/sections/clients/client-budget.ts'
import { HulumanageError } from '../../../contract/index.ts'
import { madeUpPrefix } from '../../../store/store.ts'
import type { Accounts } from '../../../store/store.ts'
import { Charge } from './charge.ts'
import type { EarlierUse } from './earlier-use.ts'
import { periodAt } from './period.ts'
import type { Period } from './period.ts'
import { Spender } from './spender.ts'
import type { Limited } from './spender.ts'

/** The part of a budget that is reserved for a client's first request, whose cost is unknown. */
const firstShare = 0.01
/** The part that is reserved at least, however little the client's requests have used. */
const leastShare = 0.001
/** Weight of the newest request in the running average. */
const smoothing = 0.2
/** Milliseconds after which the sum of a session that does nothing is forgotten. */
const sessionMs = 86_400_000
/** Milliseconds for which a sum is kept beyond its period: requests that began in it may still run. */
const marginMs = 3_600_000
/** Milliseconds for which a sum without an end is kept. */
const longestMs = 10 * 365 * 86_400_000

/** The client of a request, and its session if it names one. */
export interface Spending {
  /** Distinguishes clients. */
  readonly tenant: string
  /** Its name, if the configuration names it. */
  readonly name: string | undefined
  readonly budget: ClientBudget | undefined
  readonly session: string | undefined
  readonly sessionBudget: Omit<ClientBudget, 'per'> | undefined
}

/** The parts that budgets work with. */
export interface ClientBudgetsOptions {
  readonly accounts: () => Accounts
  /** The use of clients before the start; without it, accounts in memory begin at 0. */
  readonly earlier?: EarlierUse
  /** Unix time in milliseconds. */
  readonly now?: () => number
  /** Called with each request that is refused. */
  readonly onRefused?: (name: string | undefined, limit: 'budget' | 'session_budget') => void
}

/**
 * Keeps the budgets of clients and of their sessions. Servers that share the store share the sums. A request reserves what
 * one of its client has used on average; so a budget is exceeded only by the calls that run when it runs out.
 */
export class ClientBudgets {
  readonly #options: ClientBudgetsOptions
  /** The average of what requests of a client use, by client and amount. */
  readonly #averages = new LRUCache<string, number>({ maxSize: 10_000, sizeCalculation: () => 1 })
  /** The part of each budget that is used, by client and amount, as far as this server knows. */
  readonly #used = new LRUCache<string, readonly [share: number, name: string, amount: string]>({
    max: 1_000,
  })

  constructor(options: ClientBudgetsOptions) {
    this.#options = options
  }

  /** Begins a request; undefined if nothing limits it. Throws `budget_client` if a budget is used up. */
  async begin(spending: Spending): Promise<Spender | undefined> {
    const { budget, session, sessionBudget } = spending
    const limits: Limited[] = []
    try {
      if (budget) limits.push(...(await this.#beginAll(spending, budget, undefined)))
      if (session !== undefined && sessionBudget)
        limits.push(...(await this.#beginAll(spending, { ...sessionBudget, per: 'total' }, session)))
    } catch (error) {
      // The first budget has reserved something.
      for (const { charge } of limits) charge.end()
      throw error
    }
    return limits.length > 0 ? new Spender(limits) : undefined
  }

  /** The used part of each budget of a named client. */
  *shares(): Generator<readonly [share: number, name: string, amount: string]> {
    yield* this.#used.values()
  }

  async #beginAll(
    { tenant, name }: Spending,
    budget: ClientBudget,
    session: string | undefined,
  ): Promise<readonly Limited[]> {
    const period = periodAt(budget.per, this.#now())
    const limits: Limited[] = []
    for (const amount of ['requests', 'tokens', 'usd'] as const) {
      const limit = budget[amount]
      if (limit === undefined) continue
      const key =
        session === undefined
          ? `${tenant} ${amount} ${period.id}`
          : `${madeUpPrefix}${hash('sha256', session)} ${tenant} ${amount}`
      const account = { key, limit, keptMs: session === undefined ? this.#keptMs(period) : sessionMs }
      const averageOf = `${tenant} ${amount} ${session === undefined ? '' : 'session'}`
      const error = () => usedUp({ name, amount, limit, period, session, now: this.#now() })
      const reserved = amount === 'requests' ? 1 : this.#expected(averageOf, limit)
      if (session === undefined && name !== undefined)
        await this.#options.earlier?.restore(name, amount, period, account)
      const charge = await Charge.begin(this.#options.accounts(), account, reserved)
      if (!charge) {
        for (const { charge: earlier } of limits) earlier.end()
        this.#options.onRefused?.(name, session === undefined ? 'budget' : 'session_budget')
        if (session === undefined) this.#note(name, amount, 1)
        throw error()
      }
      if (session === undefined) this.#note(name, amount, charge.sum / limit)
      const onEnd = (used: number): void => {
        // A request that used nothing, because it was refused or failed, says nothing about one that is answered.
        if (used > 0) this.#average(averageOf, used)
        if (session === undefined) this.#note(name, amount, charge.sum / limit)
      }
      limits.push({ amount, charge, error, onEnd })
    }
    return limits
  }

  #keptMs({ endsAt }: Period): number {
    return Math.min(endsAt - this.#now() + marginMs, longestMs)
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now()
  }

  /** The expected use of a request. Never next to nothing: after tiny requests, a burst would reserve nothing. */
  #expected(averageOf: string, limit: number): number {
    return Math.max(this.#averages.get(averageOf) ?? limit * firstShare, limit * leastShare)
  }

  #average(key: string, used: number): void {
    const before = this.#averages.get(key)
    this.#averages.set(key, before === undefined ? used : before + smoothing * (used - before))
  }

  #note(name: string | undefined, amount: BudgetAmount, share: number): void {
    if (name !== undefined) this.#used.set(`${name} ${amount}`, [Math.min(1, share), name, amount])
  }
}

interface UsedUp {
  readonly name: string | undefined
  readonly amount: BudgetAmount
  readonly limit: number
  readonly period: Period
  readonly session: string | undefined
  readonly now: number
}

function usedUp({ name, amount, limit, period, session, now }: UsedUp): HulumanageError {
  const unit = amount === 'usd' ? 'USD' : amount
  if (session !== undefined) {
    const message = `The budget of ${limit} ${unit} for one session is used up; begin another session, or raise session_budget`
    return new HulumanageError('budget_client', message, { shouldRetry: false })
  }
  const whose = `The budget of the client "${name}", ${limit} ${unit}`
  if (period.endsAt === Infinity)
    return new HulumanageError('budget_client', `${whose} in total, is used up; raise it`, {
      shouldRetry: false,
    })
  const reset = new Date(period.endsAt).toISOString()
  return new HulumanageError('budget_client', `${whose} for ${period.id}, is used up until ${reset}`, {
    retryAfter: Math.max(1, Math.ceil((period.endsAt - now) / 1000)),
    shouldRetry: false,
  })
}
