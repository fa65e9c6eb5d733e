import { z } from 'zod'
import { keptClient } from '../../config/sections/clients.ts'
import { HulumanageError } from '../../contract/index.ts'
import { RemoteServer } from '../remote/remote-server.ts'
import type { KeyService } from './key-service.ts'

// The answers of a server, which may be another program. Of a newer version, unknown fields are left out.
const client = z.object({
  ...keptClient.shape,
  source: z.enum(['configuration', 'ledger']),
  created: z.string().optional(),
  rotated: z.string().optional(),
  previous_until: z.string().optional(),
})
const list = z.object({ data: z.array(client) })
const withKey = z.object({ key: z.string().regex(/^[\w-]{1,200}$/), client })
const revoked = z.object({ revoked: z.literal(true) })

/** The clients of a running server, through `/keys`. Errors are those of the server, in its words. */
export function remoteKeys(address: string, key: string | undefined): KeyService {
  const server = new RemoteServer(address, key)
  if (key === undefined) {
    const message =
      'a server takes the key of an operator: set HULUMANAGE_OPERATOR_KEY, or pass --operator-key'
    throw new HulumanageError('invalid_value', message)
  }
  const of = (name: string) => `/keys/${encodeURIComponent(name)}`
  return {
    list: async () => (await server.call(list, 'GET', '/keys')).data,
    create: async fields => await server.call(withKey, 'POST', '/keys', fields),
    rotate: async (name, fields) => await server.call(withKey, 'POST', `${of(name)}/rotate`, fields),
    revoke: async name => void (await server.call(revoked, 'DELETE', of(name))),
  }
}
