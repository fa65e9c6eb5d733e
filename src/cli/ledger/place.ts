import { homedir } from 'node:os'
import type { Config } from '../../config/schema.ts'
import { ledgerPath } from '../../ledger/place.ts'

/** The file of the ledger under a configuration, in the surroundings of this process. */
export function placeOfLedger(config: Config, configFile: string | undefined): string {
  const { env, platform } = process
  return ledgerPath(config, { env, platform, home: homedir(), configFile })
}
