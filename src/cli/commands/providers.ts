import { HulumanageError } from '../../contract/index.ts'
import { renderProviders } from '../output/providers-table.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { RemoteServer } from '../remote/remote-server.ts'
import { providerList, shownProvider } from '../remote/shown-provider.ts'
import type { ShownProvider } from '../remote/shown-provider.ts'

/** `providers list|drain|resume`: the providers of a running server, which an operator takes out of service and back. */
export async function providers({ arguments: [action = 'list', name], values }: Invocation): Promise<void> {
  const { json = false, server, operatorKey, ...flags } = values
  const { HULUMANAGE_SERVER: fromVariable, HULUMANAGE_OPERATOR_KEY: keyFromVariable } = process.env
  const address = [server, fromVariable].find(text => typeof text === 'string' && text !== '')
  const remote = new RemoteServer(
    typeof address === 'string' ? address : configuredAddress(flags),
    typeof operatorKey === 'string' ? operatorKey : keyFromVariable,
  )
  const shown: readonly ShownProvider[] =
    action === 'list'
      ? (await remote.call(providerList, 'GET', '/providers')).providers
      : [
          await remote.call(
            shownProvider,
            'POST',
            `/providers/${encodeURIComponent(named(action, name))}/${action}`,
          ),
        ]
  process.stdout.write(json === true ? `${JSON.stringify(shown, undefined, 2)}\n` : renderProviders(shown))
}

/** The address at which a server with this configuration listens for operators. */
function configuredAddress(flags: Invocation['values']): string {
  const { config } = readConfig(flags)
  const { host, port } = config.admin ?? config
  // One that listens on all addresses can be reached at this one.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function named(action: string, name: string | undefined): string {
  if (name !== undefined) return name
  throw new HulumanageError('invalid_value', `name the provider: hulumanage providers ${action} NAME`)
}
