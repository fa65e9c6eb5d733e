import type { Logger } from 'pino'
import type { CurrentConfig } from '../config/current.ts'
import { hasUpstream } from '../config/enabled.ts'
import { HulumanageError } from '../contract/index.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import { firstPerPath } from '../config/load/load.ts'
import type { LoadedConfig } from '../config/load/load.ts'
import { ConfigError, renderProblem } from '../config/problems.ts'
import type { Problem } from '../config/problems.ts'
import type { Config } from '../config/schema.ts'
import { watchConfig } from '../config/load/watch.ts'
import { gather } from './checks/gather.ts'
import { checkLedger } from './ledger/check-ledger.ts'
import { readValidPart } from './read-config.ts'
import { checkWorkers } from './workers/check-workers.ts'

/** The configuration to follow, and how to load it. */
export interface ReloadOptions {
  readonly loaded: LoadedConfig
  readonly currentConfig: CurrentConfig
  readonly log: Logger
  /** Reads and checks the configuration again. */
  readonly load: () => LoadedConfig
  /** The warnings on a configuration; those that the running one has as well are not logged again. */
  readonly warningsOn?: ((loaded: LoadedConfig) => readonly Problem[]) | undefined
}

/** Keys that are read only once, when the server starts. */
const fixedKeys = [
  'host',
  'port',
  'admin',
  'drain_timeout',
  'insecure',
  'plugins_dir',
  'redis',
  'workers',
  'otel',
] as const satisfies readonly (keyof Config)[]

/** Follows edits of the configuration; an invalid one is logged and ignored. Returns a function that reloads now. */
export function followConfig(options: ReloadOptions): () => void {
  const { loaded, currentConfig, log, load, warningsOn = () => [] } = options
  let told = new Set(warningsOn(loaded).map(renderProblem))
  const onChange = (next: LoadedConfig): void => {
    const previous = currentConfig.value
    if (hasUpstream(previous) && !hasUpstream(next.config)) throw emptied(next)
    currentConfig.replace(next.config)
    currentConfig.reloads.succeed()
    log.info({ file: next.file }, 'configuration reloaded')
    const late: string[] = fixedKeys.filter(
      key => JSON.stringify(previous[key]) !== JSON.stringify(next.config[key]),
    )
    if (previous.cors_origins.length === 0 && next.config.cors_origins.length > 0) late.push('cors_origins')
    if (late.length > 0) log.warn({ keys: late }, 'changes to these keys take effect at the next start')
    const warnings = new Set(warningsOn(next).map(renderProblem))
    for (const warning of warnings) if (!told.has(warning)) log.warn(warning)
    told = warnings
  }
  const onError = (error: unknown): void => {
    currentConfig.reloads.fail()
    log.error({ err: error }, 'invalid configuration; keeping the current one')
  }
  watchConfig({ files: loaded.watched, load, onChange, onError })
  return () => {
    try {
      onChange(load())
    } catch (error) {
      onError(error)
    }
  }
}

/**
 * Reads and checks the configuration of a running server again. Throws one `ConfigError` with the problems of all checks.
 * `check`: the checks that need the loaded plugins.
 */
export function readAgain(flags: FlagValues, check: (loaded: LoadedConfig) => LoadedConfig): LoadedConfig {
  const found: Problem[] = []
  const loaded = readValidPart(flags, found)
  if (!loaded) throw new ConfigError(found)
  gather(found, () => checkWorkers(loaded.config))
  gather(found, () => checkLedger(loaded.config))
  const checked = gather(found, () => check(loaded))
  if (!checked || found.length > 0) throw new ConfigError(firstPerPath(found))
  return checked
}

/** A full disk or a slow save leaves an empty file, which is valid but would end the service. */
function emptied({ file }: LoadedConfig): HulumanageError {
  const named = file === undefined ? 'the configuration' : file
  return new HulumanageError(
    'config_invalid',
    `${named} has neither base_url nor providers any more; restart the server if that is intended`,
  )
}
