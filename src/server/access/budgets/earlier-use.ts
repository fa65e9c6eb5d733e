import { messageOf } from '../../../contract/errors.ts'
import type { Logger } from 'pino'
import { LRUCache } from 'lru-cache'
import type { BudgetAmount } from '../../../config/sections/clients/client-budget.ts'
import type { Ledger, UsageRow } from '../../../ledger/ledger.ts'
import { nearlyZero } from '../../../store/store.ts'
import type { Accounts } from '../../../store/store.ts'
import { within } from '../../../time/within.ts'
import type { Account } from './charge.ts'
import type { Period } from './period.ts'

/** Milliseconds that a request waits for the ledger, once for each client and amount after a start. */
const patienceMs = 5_000

/** The parts that restoring works with. */
export interface EarlierUseOptions {
  readonly ledger: () => Pick<Ledger, 'usage'> | undefined
  readonly accounts: () => Accounts
  readonly log: Pick<Logger, 'warn'>
  /** Unix time in milliseconds at which this server began to count. */
  readonly startedAt: number
}

type Sums = ReadonlyMap<string, Readonly<Record<BudgetAmount, number>>>

/**
 * The use of clients before the start of this server, as the ledger has it. Accounts in memory begin at 0 with each start,
 * and a client must not get its budget again by waiting for one.
 */
export class EarlierUse {
  readonly #options: EarlierUseOptions
  /** The sums of all clients, by period. */
  readonly #periods = new Map<string, Promise<Sums>>()
  readonly #restored = new LRUCache<string, true>({ maxSize: 50_000, sizeCalculation: () => 1 })

  constructor(options: EarlierUseOptions) {
    this.#options = options
  }

  /** Begins to read the sums of a period, so that the first request need not wait. */
  prepare(period: Period): void {
    if (period.startsAt < this.#options.startedAt && !this.#periods.has(period.id))
      this.#periods.set(period.id, this.#read(period))
  }

  /** Brings the account of a client up to what the ledger has, unless something was charged to it already. Never rejects. */
  async restore(name: string, amount: BudgetAmount, period: Period, account: Account): Promise<void> {
    if (this.#restored.has(account.key)) return
    this.prepare(period)
    const sums = await this.#periods.get(period.id)
    // Another request of the client may have waited for the same sums.
    if (this.#restored.has(account.key)) return
    this.#restored.set(account.key, true)
    const earlier = sums?.get(name)?.[amount] ?? 0
    // Whichever process that shares the account is first adds it; the others find a sum above 0.
    if (earlier > 0) await this.#options.accounts().charge(account.key, earlier, nearlyZero, account.keptMs)
  }

  async #read({ startsAt, endsAt }: Period): Promise<Sums> {
    try {
      const ledger = this.#options.ledger()
      if (!ledger) return new Map()
      const late = () => new Error(`no answer within ${patienceMs} ms`)
      // After a clock that was set back, the ledger has requests of later periods, too.
      const until = endsAt === Infinity ? {} : { until: endsAt }
      const rows = await within(ledger.usage({ by: ['client'], since: startsAt, ...until }), patienceMs, late)
      return new Map(rows.flatMap(row => (row.client ? [[row.client, usedOf(row)] as const] : [])))
    } catch (error) {
      const words =
        'what clients used before this start is unknown; their budgets begin again, apart from shared sums'
      this.#options.log.warn({ reason: messageOf(error) }, words)
      return new Map()
    }
  }
}

/** Requests that failed are left out: the ledger also has those that were refused and charged to nobody. */
function usedOf({ requests, failed, prompt, completion, cost }: UsageRow): Record<BudgetAmount, number> {
  return {
    requests: Math.max(0, (requests ?? 0) - (failed ?? 0)),
    tokens: (prompt ?? 0) + (completion ?? 0),
    usd: cost ?? 0,
  }
}
