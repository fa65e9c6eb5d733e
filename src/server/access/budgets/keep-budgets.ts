import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../../config/current.ts'
import { ReadGauge } from '../../../metrics/gauge.ts'
import type { TalliedCounter } from '../../../metrics/tallied-counter.ts'
import type { LedgerView } from '../../../ledger/ledger.ts'
import { ClientBudgets } from './client-budgets.ts'
import { EarlierUse } from './earlier-use.ts'
import { periodAt } from './period.ts'

/** Clients name sessions as they like, so a name is at most this long. */
const maxSessionLength = 512

/**
 * Refuses requests of clients and sessions whose budget is used up, and charges the others to it. Runs after the request
 * gate, which identifies the client, and before a body is read.
 */
export function keepBudgets(
  app: FastifyInstance,
  currentConfig: CurrentConfig,
  refusals: TalliedCounter,
  ledger: LedgerView | undefined,
): ReadGauge {
  const earlier = new EarlierUse({
    ledger: () => ledger?.value,
    accounts: () => app.store.accounts,
    log: app.log,
    startedAt: Date.now(),
  })
  for (const { budget } of currentConfig.value.clients)
    if (budget) earlier.prepare(periodAt(budget.per, Date.now()))
  const budgets = new ClientBudgets({
    earlier,
    accounts: () => app.store.accounts,
    onRefused: (name, limit) => refusals.add(1, name ?? '', limit),
  })
  const begin = async (request: FastifyRequest): Promise<void> => {
    const { exchange, ip } = request
    const { named, tenant = ip } = exchange
    const spender = await budgets.begin({
      tenant,
      name: named?.name,
      budget: named?.budget,
      session: sessionOf(request),
      sessionBudget: currentConfig.value.session_budget,
    })
    if (spender) exchange.chargeTo(spender)
  }
  app.addHook('onRequest', (request, _reply, done) => {
    const isLimited = request.exchange.named?.budget ?? currentConfig.value.session_budget
    // Fastify waits for a promise; a request that nothing limits continues at once.
    if (isLimited && asksModels(request)) return begin(request)
    done()
  })
  return new ReadGauge({
    name: 'hulumanage_client_budget_used_ratio',
    help: "The part of a client's budget that is used, by its name and the amount, as of its last request here",
    labels: ['client', 'amount'],
    combine: 'max',
    read: () => budgets.shares(),
  })
}

/** Whether a request may cost something. */
function asksModels({ method, routeOptions }: FastifyRequest): boolean {
  const { audience = 'user', unlimited, public: isOpen } = routeOptions.config
  return method === 'POST' && audience === 'user' && !unlimited && !isOpen
}

function sessionOf({ headers }: FastifyRequest): string | undefined {
  const session = headers['x-session-id']
  return typeof session === 'string' && session !== '' ? session.slice(0, maxSessionLength) : undefined
}
