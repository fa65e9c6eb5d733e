import type { LedgerView } from '../../ledger/ledger.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'

/** Records exchanges that have ended in the ledger. */
export class LedgerListener implements ExchangeListener {
  readonly #ledger: LedgerView | undefined

  constructor(ledger: LedgerView | undefined) {
    this.#ledger = ledger
  }

  exchangeEnded(exchange: Exchange): void {
    const { record } = exchange
    const ledger = this.#ledger?.value
    if (!record || !ledger || !isOfInterest(exchange)) return
    record.ended(exchange)
    ledger.record(record)
  }

  attemptEnded(): void {
    // The record of the exchange has it.
  }
}

/** Requests to models, also those that failed before they reached one. Clients without a key cannot fill the ledger. */
function isOfInterest({ record, request, allowed, isManagement }: Exchange): boolean {
  return record!.runs.length > 0 || (allowed && request.method === 'POST' && !isManagement)
}
