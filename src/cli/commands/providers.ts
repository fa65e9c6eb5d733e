import { HulumanageError } from '../../contract/index.ts'
import { renderProviders } from '../output/providers-table.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { remoteIn } from '../remote/remote-flags.ts'
import { RemoteServer } from '../remote/remote-server.ts'
import { providerList, shownProvider } from '../remote/shown-provider.ts'
import type { ShownProvider } from '../remote/shown-provider.ts'

/** `providers list|drain|resume`: the providers of a running server, which an operator takes out of service and back. */
export async function providers({ arguments: [action = 'list', name], values }: Invocation): Promise<void> {
  const { json = false, server: _server, operatorKey: _key, ...flags } = values
  const { address, key } = remoteIn(values)
  const server = new RemoteServer(address ?? configuredAddress(flags), key)
  const shown = action === 'list' ? await listFrom(server, name) : [await changeAt(server, action, name)]
  process.stdout.write(json === true ? `${JSON.stringify(shown, undefined, 2)}\n` : renderProviders(shown))
}

async function listFrom(server: RemoteServer, name: string | undefined): Promise<readonly ShownProvider[]> {
  if (name !== undefined)
    throw new HulumanageError('invalid_value', 'providers list takes no name: it lists all providers')
  return (await server.call(providerList, 'GET', '/providers')).providers
}

async function changeAt(
  server: RemoteServer,
  action: string,
  name: string | undefined,
): Promise<ShownProvider> {
  if (name === undefined)
    throw new HulumanageError('invalid_value', `name the provider: hulumanage providers ${action} NAME`)
  return await server.call(shownProvider, 'POST', `/providers/${encodeURIComponent(name)}/${action}`)
}

/** The address at which a server with this configuration listens for operators. */
function configuredAddress(flags: Invocation['values']): string {
  const { config } = readConfig(flags)
  const { host, port } = config.admin ?? config
  if (port === 0) {
    const message = 'the configuration lets the server take any free port; name its address with --server'
    throw new HulumanageError('invalid_value', message)
  }
  // A server that listens on all addresses can be reached at this one.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
