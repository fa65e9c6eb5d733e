import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../../config/current.ts'
import type { ClientBudget } from '../../../config/sections/clients/client-budget.ts'
import { ReadGauge } from '../../../metrics/gauge.ts'
import type { TalliedCounter } from '../../../metrics/tallied-counter.ts'
import type { LedgerView } from '../../../ledger/ledger.ts'
import { ClientBudgets } from './client-budgets.ts'
import { EarlierUse } from './earlier-use.ts'
import { periodAt } from './period.ts'
import { sessionInBody, sessionInHeaders } from './session.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Makes no model write anything, so that it is neither charged to a budget nor refused for one. */
    free?: boolean
  }
}

/**
 * Refuses requests of clients and sessions whose budget is used up, and charges the others to it. Runs after the request
 * gate, which identifies the client, and before a body is read, unless that alone names the session.
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
  const begin = async (
    { exchange, ip }: FastifyRequest,
    budget: ClientBudget | undefined,
    session: string | undefined,
  ): Promise<void> => {
    const { named, tenant = ip } = exchange
    const sessionBudget = currentConfig.value.session_budget
    const spender = await budgets.begin({ tenant, name: named?.name, budget, session, sessionBudget })
    if (spender) exchange.chargeTo(spender)
  }
  app.addHook('onRequest', (request, _reply, done) => {
    const budget = request.exchange.named?.budget
    const isLimited = budget ?? currentConfig.value.session_budget
    // Fastify waits for a promise; a request that nothing limits continues at once.
    if (isLimited && asksModels(request)) return begin(request, budget, sessionInHeaders(request.headers))
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    if (!currentConfig.value.session_budget || !asksModels(request)) return done()
    const session = sessionInHeaders(request.headers) === undefined ? sessionInBody(request.body) : undefined
    if (session !== undefined) return begin(request, undefined, session)
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

/** Methods that bring a body. With those beside POST, only an endpoint that is passed on can be asked. */
const asking: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Whether a request may cost something. */
function asksModels({ method, exchange }: FastifyRequest): boolean {
  const { audience = 'user', unlimited, public: isOpen, free } = exchange.routeConfig
  return asking.has(method) && audience === 'user' && !unlimited && !isOpen && !free
}
