import type { ShownClient } from '../../server/access/clients/shown-client.ts'
import type { WithKey } from '../../server/access/clients/client-keeper.ts'

/** The clients of a server, or of the ledger's database itself. */
export interface KeyService {
  list: () => Promise<readonly ShownClient[]>
  create: (fields: object) => Promise<WithKey>
  rotate: (name: string, fields: object) => Promise<WithKey>
  revoke: (name: string) => Promise<void>
}
