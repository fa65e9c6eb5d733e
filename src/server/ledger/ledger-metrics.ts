import type { Registry } from '@prometheus-io/client'
import type { LedgerView } from '../../ledger/ledger.ts'
import type { Metric } from '../../metrics/metric.ts'
import { prometheus } from '../../metrics/prometheus.ts'

/** The requests that the ledger has written and dropped, for `/metrics`; 0 without a ledger. */
export function ledgerMetrics(view: LedgerView | undefined): readonly Metric[] {
  const noCounts = { written: 0, dropped: 0 }
  const counts = () => view?.counts ?? noCounts
  return [
    counter('hulumanage_ledger_written_total', 'Requests recorded in the ledger', () => counts().written),
    counter(
      'hulumanage_ledger_dropped_total',
      'Requests that the ledger could not record: it cannot be written, or too many wait for it',
      () => counts().dropped,
    ),
  ]
}

function counter(name: string, help: string, read: () => number): Metric {
  return {
    register: (registry: Registry) => {
      // The counter registers itself.
      void new (prometheus().Counter)({
        name,
        help,
        registers: [registry],
        collect() {
          this.reset()
          this.inc(read())
        },
      })
    },
  }
}
