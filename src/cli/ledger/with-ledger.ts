import { existsSync } from 'node:fs'
import { pino } from 'pino'
import type { FlagValues } from '../../config/flags/overrides.ts'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { isInMemory } from '../../ledger/place.ts'
import { openLedger } from '../../ledger/open.ts'
import { pathOfTexts, textSettings } from '../../ledger/texts/settings.ts'
import type { TextStore } from '../../ledger/texts/texts.ts'
import { ThreadTexts } from '../../ledger/texts/thread-texts.ts'
import { readConfig } from '../read-config.ts'
import { placeOfLedger } from './place.ts'

/**
 * Reads the ledger of a configuration, also while a server writes it, and its texts if there are any. Throws
 * `ledger_unavailable` if there is no file, unless the purpose is a change of clients, which creates one.
 */
export async function withLedger<T>(
  flags: FlagValues,
  work: (ledger: Ledger, texts: Pick<TextStore, 'read'> | undefined) => Promise<T>,
  purpose: 'requests' | 'clients' = 'requests',
): Promise<T> {
  const { config, file } = readConfig(flags)
  const path = placeOfLedger(config, file)
  const missing = reasonWithout(config, path, purpose)
  if (missing !== undefined) throw new HulumanageError('ledger_unavailable', missing)
  const log = pino({ level: 'silent' })
  const ledger = await openLedger(config, path, log)
  const ofTexts = { path: pathOfTexts(path), settings: textSettings(config) }
  const texts = existsSync(ofTexts.path) ? new ThreadTexts(ofTexts, log) : undefined
  try {
    return await work(ledger, texts)
  } finally {
    await Promise.all([ledger.close(), texts?.close()])
  }
}

function reasonWithout(
  { ledger }: Config,
  path: string,
  purpose: 'requests' | 'clients',
): string | undefined {
  if (!ledger.enabled) return 'the configuration keeps no ledger; remove ledger: false'
  // A change of clients creates the file, and says why it cannot be in memory.
  if (ledger.url !== undefined || purpose === 'clients') return undefined
  if (isInMemory(path))
    return 'the ledger is in the memory of the server; name that server with --server or HULUMANAGE_SERVER'
  if (existsSync(path)) return undefined
  return `no ledger is at ${path}; a server with this configuration writes it once it has answered a request, and --server asks one that runs`
}
