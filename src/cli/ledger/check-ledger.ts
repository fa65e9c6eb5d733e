import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import { requirePostgres } from '../../ledger/postgres/package.ts'

/** Throws `config_invalid` if the ledger of a configuration needs a package that is not installed. */
export function checkLedger({ ledger }: Config): void {
  if (!ledger.enabled || ledger.url === undefined) return
  try {
    requirePostgres()
  } catch (error) {
    throw new HulumanageError('config_invalid', `ledger.url: ${(error as Error).message}`, { cause: error })
  }
}
