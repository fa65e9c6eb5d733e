import type { LedgerView } from '../../ledger/ledger.ts'
import { ReadCounter } from '../../metrics/counter.ts'
import type { Metric } from '../../metrics/metric.ts'

/** The requests that the ledger has written and dropped, and those whose texts it has dropped, for `/metrics`; 0 without a ledger. */
export function ledgerMetrics(view: LedgerView | undefined): readonly Metric[] {
  return [
    new ReadCounter({
      name: 'hulumanage_ledger_written_total',
      help: 'Requests recorded in the ledger',
      read: () => view?.counts.written ?? 0,
    }),
    new ReadCounter({
      name: 'hulumanage_ledger_dropped_total',
      help: 'Requests that the ledger could not record: it cannot be written, or too many wait for it',
      read: () => view?.counts.dropped ?? 0,
    }),
    new ReadCounter({
      name: 'hulumanage_ledger_texts_dropped_total',
      help: 'Requests whose prompts and answers could not be kept, or not all: not written, not redacted, or too many wait',
      read: () => view?.textsDropped ?? 0,
    }),
  ]
}

/** The ledger in `/health`. It does not say why: this is for users, and the log for operators. */
export function ledgerHealth({ counts: { isFailing, dropped } }: LedgerView) {
  if (!isFailing) return { ok: true }
  return { ok: false, error: 'the ledger cannot be written; the log has the reason', dropped }
}
