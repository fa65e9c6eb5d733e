import type { FastifyInstance } from 'fastify'
import { createRunner } from '../../src/chain/run/runner.ts'
import type { Runner } from '../../src/chain/run/runner.ts'
import { CurrentConfig } from '../../src/config/current.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import { CurrentLedger } from '../../src/ledger/current-ledger.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { decorateHost } from '../../src/registry/decorate.ts'
import type { Fleet } from '../../src/registry/fleet.ts'
import { pluginFolders } from '../../src/registry/folders.ts'
import { loadSteps } from '../../src/registry/load.ts'
import { startServer } from '../../src/server/listen.ts'
import { openSharedStore } from '../../src/store/open.ts'
import type { Owner } from '../fake-provider/ports.ts'
import { configOf } from './serve.ts'
import { silentLog } from '../silent-log.ts'

/**
 * The whole server on a free port, with the steps and plugins of the package, and with a ledger if the configuration names
 * its path. It stops with the test.
 */
export async function startHost(t: Owner, config: ConfigInput, fleet?: Fleet) {
  const currentConfig = new CurrentConfig(configOf({ port: 0, ...config }))
  const defaultUpstream = () => Promise.reject(new Error('no default upstream here'))
  const prepare = async (app: FastifyInstance): Promise<{ runner: Runner }> => {
    const store = await openSharedStore(currentConfig.value, silentLog)
    const kinds = builtInKinds
    decorateHost(app, {
      currentConfig,
      defaultUpstream,
      kinds,
      ...(store && { store }),
      ...(fleet && { fleet }),
    })
    const folders = pluginFolders({ workingFolder: import.meta.dirname, home: import.meta.dirname })
    await loadSteps({ app, folders, log: silentLog })
    return { runner: createRunner({ steps: app.steps, currentConfig, defaultUpstream }) }
  }
  const ledger = new CurrentLedger(({ ledger: { path = ':memory:' } }) => path, silentLog)
  if (config.ledger) await ledger.follow(currentConfig)
  const server = await startServer({ currentConfig, log: silentLog, prepare, ledger })
  t.teardown(() => server.stop())
  return { ...server, currentConfig }
}
