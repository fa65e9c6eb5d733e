import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createRunner } from '../chain/run/runner.ts'
import type { Runner } from '../chain/run/runner.ts'
import { checkSteps } from '../config/load/check-steps.ts'
import { CurrentConfig } from '../config/current.ts'
import { rememberSources } from '../config/load/described.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import type { LoadedConfig } from '../config/load/load.ts'
import { ConfigError } from '../config/problems.ts'
import type { Problem } from '../config/problems.ts'
import type { Config } from '../config/schema.ts'
import type { Step } from '../contract/index.ts'
import type { Kind } from '../providers/kind.ts'
import { builtInKinds } from '../providers/kinds.ts'
import { decorateHost } from '../registry/decorate.ts'
import type { Fleet } from '../registry/fleet.ts'
import { pluginFolders } from '../registry/folders.ts'
import { loadSteps } from '../registry/load.ts'
import type { LoadReport } from '../registry/load.ts'
import { NamedRegistry } from '../registry/registry.ts'
import { scoreByHttp } from '../scoring/score-by-http.ts'
import type { Store } from '../store/store.ts'
import { createDefaultUpstream } from '../attempt/default-upstream.ts'
import type { DefaultUpstream } from '../attempt/default-upstream.ts'
import { checkChains } from './checks/check-chains.ts'
import { gather } from './checks/gather.ts'
import { knownKinds } from './known-kinds.ts'

/** The parts and hooks that differ between commands. */
export interface ComposeOptions {
  readonly loaded: LoadedConfig
  readonly log: Logger
  /** Reads the command line again once the steps, and so their flags, are known. */
  readonly readFlags?: (steps: readonly Step[]) => FlagValues
  /** Opens the store that is shared with other servers; undefined without a shared store. */
  readonly openStore?: (config: Config, log: Logger) => Promise<Store | undefined>
  /** The processes that serve the same port (default: this one alone). */
  readonly fleet?: Fleet | undefined
  /** Changes a checked configuration before it is used, for example to switch off what a command does not need. */
  readonly adapt?: (config: Config) => Config
  /** Changes each kind of provider before it is used, for example to replace the way to it. */
  readonly adaptKind?: ((kind: Kind) => Kind) | undefined
  /** Asks the scoring services of the configuration (default: by HTTP). */
  readonly askScorer?: Parameters<typeof createRunner>[0]['askScorer']
}

/** A host with its steps loaded. */
export interface Prepared {
  readonly runner: Runner
  readonly report: LoadReport
  /** Checks a reloaded configuration as the first one was checked, without replacing the running one. */
  readonly check: (loaded: LoadedConfig) => LoadedConfig
}

/** The input of `createApp`. */
export interface Composition {
  readonly currentConfig: CurrentConfig
  readonly log: Logger
  /**
   * Turns any Fastify instance into a host with registries, plugins and runner. Throws if the configuration is
   * invalid.
   */
  readonly prepare: (app: FastifyInstance) => Promise<Prepared>
}

/** The one place that puts configuration, registries, steps, runner and app together. */
export function compose(options: ComposeOptions): Composition {
  const { loaded, log, readFlags, openStore, fleet, adaptKind, adapt = config => config } = options
  const { askScorer = scoreByHttp } = options
  const currentConfig = new CurrentConfig(adapt(loaded.config))

  const prepare = async (app: FastifyInstance): Promise<Prepared> => {
    const { upstream: defaultUpstream, models } = attachDefaultUpstream(app, currentConfig, adaptKind)
    const store = await openStore?.(currentConfig.value, log)
    const host = { currentConfig, defaultUpstream, defaultModels: models, kinds: builtInKinds, adaptKind }
    decorateHost(app, { ...host, ...(store && { store }), ...(fleet && { fleet }) })
    const { file, config } = loaded
    const folders = pluginFolders({ configFile: file, pluginsDir: config.plugins_dir })
    const report = await loadSteps({ app, folders, log })
    const { steps, providers, strategies } = app
    const flags = readFlags?.(steps.values())
    const parts = {
      kinds: knownKinds(providers.values()),
      strategies: strategies.names(),
      ...(flags && { flags }),
    }
    const check = (next: LoadedConfig): LoadedConfig => {
      const found: Problem[] = []
      const checked = gather(found, () => checkSteps(next, steps.values(), parts)) ?? next
      gather(found, () => checkChains(checked, steps))
      if (found.length > 0) throw new ConfigError(found)
      return rememberSources({ ...checked, config: adapt(checked.config) })
    }
    currentConfig.replace(check(loaded).config)
    const runner = createRunner({ steps, currentConfig, defaultUpstream, askScorer })
    return { runner, report, check }
  }
  return { currentConfig, log, prepare }
}

function attachDefaultUpstream(
  app: FastifyInstance,
  currentConfig: CurrentConfig,
  adaptKind: ComposeOptions['adaptKind'],
): DefaultUpstream {
  const kinds = new NamedRegistry<Kind>('kind of provider', undefined, adaptKind)
  for (const kind of builtInKinds) kinds.add(kind)
  const made = createDefaultUpstream(currentConfig, kinds)
  app.addHook('onClose', made.close)
  return made
}
