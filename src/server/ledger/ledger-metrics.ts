import type { LedgerView } from '../../ledger/ledger.ts'
import { maxWaiting } from '../../ledger/queue/entry-queue.ts'
import { ReadCounter } from '../../metrics/counter.ts'
import { ReadGauge } from '../../metrics/gauge.ts'
import type { Metric } from '../../metrics/metric.ts'

/** The ledger in `/metrics`: whether it can be written, and its counts. Without a ledger, gauges have no series and counts are 0. */
export function ledgerMetrics(view: LedgerView | undefined): readonly Metric[] {
  return [
    ...ledgerGauges(view),
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

/** The present state of the ledger. While it cannot be written, requests may wait for a long time before any is dropped. */
function ledgerGauges(view: LedgerView | undefined): readonly Metric[] {
  const ifKept = (value: () => number) => (view?.value ? [[value()] as const] : [])
  return [
    new ReadGauge({
      name: 'hulumanage_ledger_up',
      help: 'Whether the ledger can be written, as of the newest attempt; 0: requests wait to be recorded, or are dropped',
      combine: 'min',
      read: () => ifKept(() => (view!.counts.isFailing ? 0 : 1)),
    }),
    new ReadGauge({
      name: 'hulumanage_ledger_waiting',
      help: 'Requests that wait to be recorded in the ledger, at the worker where most wait',
      combine: 'max',
      read: () => ifKept(() => view!.counts.waiting),
    }),
    new ReadGauge({
      name: 'hulumanage_ledger_limit',
      help: 'Maximum requests that wait to be recorded at a worker; further ones are dropped',
      combine: 'max',
      read: () => ifKept(() => maxWaiting),
    }),
  ]
}

/** The ledger in `/health`. It does not say why: this is for users, and the log for operators. */
export function ledgerHealth({ counts: { isFailing, dropped } }: LedgerView) {
  if (!isFailing) return { ok: true }
  return { ok: false, error: 'the ledger cannot be written; the log has the reason', dropped }
}
