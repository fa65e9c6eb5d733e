import { existsSync } from 'node:fs'
import { pino } from 'pino'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { HulumanageError } from '../../contract/index.ts'
import { retentionOf } from '../../ledger/current-ledger.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { isInMemory } from '../../ledger/place.ts'
import { pathOfTexts, textSettings } from '../../ledger/texts/settings.ts'
import type { TextStore } from '../../ledger/texts/texts.ts'
import { ThreadTexts } from '../../ledger/texts/thread-texts.ts'
import { ThreadLedger } from '../../ledger/thread/thread-ledger.ts'
import { readConfig } from '../read-config.ts'
import { placeOfLedger } from './place.ts'

/**
 * Reads the ledger of a configuration, also while a server writes it, and its texts if there are any. Throws
 * `ledger_unavailable` if there is no file.
 */
export async function withLedger<T>(
  flags: FlagValues,
  work: (ledger: Ledger, texts: Pick<TextStore, 'read'> | undefined) => Promise<T>,
): Promise<T> {
  const { config, file } = readConfig(flags)
  const path = placeOfLedger(config, file)
  const missing = reasonWithout(config.ledger.enabled, path)
  if (missing !== undefined) throw new HulumanageError('ledger_unavailable', missing)
  const log = pino({ level: 'silent' })
  const ledger = new ThreadLedger({ path, retention: retentionOf(config) }, log)
  const ofTexts = { path: pathOfTexts(path), settings: textSettings(config) }
  const texts = existsSync(ofTexts.path) ? new ThreadTexts(ofTexts, log) : undefined
  try {
    return await work(ledger, texts)
  } finally {
    await Promise.all([ledger.close(), texts?.close()])
  }
}

function reasonWithout(isEnabled: boolean, path: string): string | undefined {
  if (!isEnabled) return 'the configuration keeps no ledger; remove ledger: false'
  if (isInMemory(path))
    return 'the ledger is in the memory of the server; ask it with GET /requests and GET /usage'
  if (existsSync(path)) return undefined
  return `no ledger is at ${path}; a server with this configuration writes it once it has answered a request`
}
