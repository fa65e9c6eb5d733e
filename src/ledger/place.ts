import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { inMemory } from './sqlite/path.ts'

/** The surroundings that the place of a ledger depends on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly platform: NodeJS.Platform
  /** The absolute path of the configuration file. */
  readonly configFile: string | undefined
}

/**
 * The file of the ledger: `ledger.path`, or a file in the folder where the platform keeps the state of programs. Servers
 * with different configuration files have different ledgers, so that the clients of one do not read those of another.
 */
export function ledgerPath({ ledger }: Pick<Config, 'ledger'>, surroundings: Surroundings): string {
  if (ledger.path !== undefined) return ledger.path
  const { configFile } = surroundings
  const digest = configFile && createHash('sha256').update(configFile).digest('hex').slice(0, 8)
  return join(stateFolder(surroundings), digest ? `ledger-${digest}.db` : 'ledger.db')
}

/** The folder for the state of this program; systemd may name one, if `StateDirectory=` is set. */
function stateFolder({ env, home, platform }: Surroundings): string {
  const { STATE_DIRECTORY: service, XDG_STATE_HOME: state, LOCALAPPDATA: local } = env
  if (service) return service.split(':')[0]!
  if (platform === 'win32') return join(local || join(home, 'AppData', 'Local'), 'hulumanage')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'hulumanage')
  return join(state || join(home, '.local', 'state'), 'hulumanage')
}

/** Whether the ledger ends with its process. */
export function isInMemory(path: string): boolean {
  return path === inMemory
}
