import type { CallRow, RequestRow } from '../../ledger/columns.ts'
import type { Ledger } from '../../ledger/ledger.ts'

/** Requests of the ledger that are read, the newest first. */
const mostRequests = 5_000
const pageSize = 500

/** A request of the ledger with the attempts that were made for it. */
export interface RecordedTraffic {
  readonly request: RequestRow
  readonly attempts: readonly CallRow[]
}

/** Reads the newest requests of a ledger. Rejects with `ledger_unavailable`. */
export async function readTraffic(ledger: Pick<Ledger, 'requests' | 'request'>): Promise<RecordedTraffic[]> {
  const traffic: RecordedTraffic[] = []
  let after: Awaited<ReturnType<Ledger['requests']>>['next']
  do {
    const { rows, next } = await ledger.requests({ equal: {}, limit: pageSize, after })
    const recorded = await Promise.all(rows.map(row => ledger.request(String(row.id))))
    for (const one of recorded)
      if (one) traffic.push({ request: one.request, attempts: one.calls.filter(isAttempt) })
    after = next
  } while (after && traffic.length < mostRequests)
  return traffic
}

/** Whether a row is one attempt at a provider: a call that took several has a row for each of them. */
function isAttempt({ provider }: CallRow): boolean {
  return provider !== null
}
