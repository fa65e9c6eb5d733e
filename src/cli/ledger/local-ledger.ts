import type { FlagValues } from '../../config/flags/overrides.ts'
import { readUsage } from '../../server/ledger/show-usage.ts'
import { showRequest } from '../../server/ledger/show-request.ts'
import type { LedgerReader } from './ledger-reader.ts'
import { withLedger } from './with-ledger.ts'

/** The ledger of a configuration. Its readers reject with `ledger_unavailable` without one. */
export function localReader(flags: FlagValues): LedgerReader {
  return {
    usage: async query => await withLedger(flags, ledger => readUsage(ledger, query)),
    request: async (id, wantsTexts) =>
      await withLedger(flags, (ledger, store) =>
        // A reader of the file may read all of it.
        showRequest(ledger, id, wantsTexts && store ? { store, mayRead: () => true } : undefined),
      ),
  }
}
