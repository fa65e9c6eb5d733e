import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import { background } from '../time/background.ts'
import type { Ledger } from './ledger.ts'
import type { Retention } from './retention.ts'
import { ThreadLedger } from './thread/thread-ledger.ts'

/** A ledger whose bounds may change. */
export interface BoundedLedger extends Ledger {
  /** Changes what is kept. */
  retain: (retention: Retention) => void
  /** Finds out whether its file can be written, as far as that can be known at once, and says so if not. */
  prepare?: () => void
}

/**
 * Opens the ledger of a configuration: in its PostgreSQL database, whose code is loaded only then, or in the file at `path`.
 * Throws `missing_package`. A database that cannot be reached is logged.
 */
export async function openLedger(config: Config, path: string, log: Logger): Promise<BoundedLedger> {
  const { url } = config.ledger
  const retention = retentionOf(config)
  if (url === undefined) return new ThreadLedger({ path, retention }, log)
  const { requirePostgres } = await import('./postgres/package.ts')
  requirePostgres()
  const { PostgresLedger } = await import('./postgres/postgres-ledger.ts')
  const ledger = new PostgresLedger({ url, retention }, log)
  background(ledger.connect(), log, 'the ledger cannot be opened')
  return ledger
}

/** The part of a configuration that says what its ledger keeps. */
export function retentionOf({ ledger }: Config): Retention {
  return { days: ledger.days, usageDays: ledger.usage_days, maxBytes: ledger.max_bytes }
}
