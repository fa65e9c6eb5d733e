import { existsSync } from 'node:fs'
import { pino } from 'pino'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { HulumanageError } from '../../contract/index.ts'
import { retentionOf } from '../../ledger/current-ledger.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { isInMemory } from '../../ledger/place.ts'
import { ThreadLedger } from '../../ledger/thread/thread-ledger.ts'
import { readConfig } from '../read-config.ts'
import { placeOfLedger } from './place.ts'

/** Reads the ledger of a configuration, also while a server writes it. Throws `ledger_unavailable` if there is no file. */
export async function withLedger<T>(flags: FlagValues, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const { config, file } = readConfig(flags)
  const path = placeOfLedger(config, file)
  const missing = reasonWithout(config.ledger.enabled, path)
  if (missing !== undefined) throw new HulumanageError('ledger_unavailable', missing)
  const ledger = new ThreadLedger({ path, retention: retentionOf(config) }, pino({ level: 'silent' }))
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

function reasonWithout(isEnabled: boolean, path: string): string | undefined {
  if (!isEnabled) return 'the configuration keeps no ledger; remove ledger: false'
  if (isInMemory(path))
    return 'the ledger is in the memory of the server; ask it with GET /requests and GET /usage'
  if (existsSync(path)) return undefined
  return `no ledger is at ${path}; a server with this configuration writes it once it has answered a request`
}
