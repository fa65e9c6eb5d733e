import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import { isLoopback } from '../../text/loopback.ts'

/** Throws `config_invalid` if a server that asks for no key would be reachable from other machines. */
export function checkOpenness({ host, admin, api_keys: keys, clients, insecure }: Config): void {
  if (keys.length > 0 || clients.length > 0 || insecure) return
  const open = [host, ...(admin ? [admin.host] : [])].find(each => !isLoopback(each))
  if (open === undefined) return
  throw new HulumanageError(
    'config_invalid',
    `host ${open} is reachable from other machines and neither api_keys nor clients are set; ` +
      'set api_keys (--api-key), listen on 127.0.0.1, or set insecure: true',
  )
}
