import type { FastifyInstance } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'
import type { Ledger, LedgerView } from '../../ledger/ledger.ts'
import { addRoute } from '../routes/route.ts'

/** Only operators see what other clients asked and spent. */
const access = { audience: 'operator' as const }

/** Adds `GET /requests`, `/requests/:id` and `/usage`. The code that answers them is loaded for the first request. */
export function addLedgerRoutes(app: FastifyInstance, view: LedgerView | undefined): void {
  addRoute(
    app,
    'GET',
    '/requests',
    async ({ query }) => {
      const { listRequests } = await import('./list-requests.ts')
      return await listRequests(openedLedger(view), query)
    },
    access,
  )
  addRoute(
    app,
    'GET',
    '/requests/:id',
    async ({ params, exchange }) => {
      const { showRequest } = await import('./show-request.ts')
      const { mayReadTexts } = await import('./texts-access.ts')
      const texts = view?.texts && { store: view.texts, mayRead: mayReadTexts(exchange) }
      return await showRequest(openedLedger(view), (params as { readonly id: string }).id, texts)
    },
    access,
  )
  addRoute(
    app,
    'GET',
    '/usage',
    async ({ query, headers }, reply) => {
      const { showUsage } = await import('./show-usage.ts')
      const { type, body } = await showUsage(openedLedger(view), query, headers.accept)
      void reply.type(type)
      return body
    },
    access,
  )
}

function openedLedger(view: LedgerView | undefined): Ledger {
  if (view?.value) return view.value
  throw new HulumanageError('ledger_unavailable', 'This server keeps no ledger; set ledger.enabled to true')
}
