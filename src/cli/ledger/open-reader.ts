import type { FlagValues } from '../../config/flags/overrides.ts'
import { remoteIn } from '../remote/remote-flags.ts'
import type { LedgerReader } from './ledger-reader.ts'

/** The ledger of the server that flags or variables name, or else that of the configuration. */
export async function openReader(values: FlagValues): Promise<LedgerReader> {
  const { server: _server, operatorKey: _key, ...flags } = values
  const { address, key } = remoteIn(values)
  if (address === undefined) {
    const { localReader } = await import('./local-ledger.ts')
    return localReader(flags)
  }
  const { remoteReader } = await import('./remote-ledger.ts')
  return remoteReader(address, key)
}
