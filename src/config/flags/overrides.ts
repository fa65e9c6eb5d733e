import type { Flag } from './flags.ts'
import type { Environment } from '../interpolate.ts'
import type { Origin, Origins } from '../origins.ts'
import type { Path } from '../problems.ts'

/** Values of the command line by commander's names of the options, such as `baseUrl`; undefined if not given. */
export type FlagValues = Readonly<Record<string, unknown>>

/** The value of a flag from the command line or, failing that, the environment. */
export interface Setting {
  readonly value: unknown
  readonly origin: Origin
}

/** The setting of one flag; undefined if neither the command line nor the environment sets it. */
export function settingOf(flag: Flag, values: FlagValues, environment: Environment): Setting | undefined {
  const value = values[flag.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]
  if (value !== undefined) {
    return { value, origin: { source: 'flag', name: `--${flag.name}`, untyped: true } }
  }
  for (const name of flag.environment) {
    const text = lookUp(environment, name)
    // Kubernetes sets HULUMANAGE_PORT=tcp://... for a service of our name.
    if (text === undefined || text === '' || text.startsWith('tcp://')) continue
    return { value: text, origin: { source: 'environment', name, untyped: true } }
  }
  return undefined
}

/** Overrides the values of the file with the settings of flags and environment. */
export function override(
  tree: Record<string, unknown>,
  origins: Origins,
  flags: readonly Flag[],
  values: FlagValues,
  environment: Environment,
): void {
  for (const flag of flags) {
    if (!flag.path) continue
    const setting = settingOf(flag, values, environment)
    const holder = setting && holderOf(tree, flag.path)
    if (!holder) continue
    holder[String(flag.path.at(-1))] = setting.value
    origins.replace(flag.path, setting.origin)
  }
}

/**
 * The mapping that holds a path's last key, created if missing; undefined if its place is taken, which the schema
 * reports.
 */
function holderOf(tree: Record<string, unknown>, path: Path): Record<string, unknown> | undefined {
  let holder = tree
  for (const part of path.slice(0, -1)) {
    const inner = (holder[part] ??= {})
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined
    holder = inner as Record<string, unknown>
  }
  return holder
}

/** Our own names match in any case, as `hulumanage_LOG_LEVEL` does. */
function lookUp(environment: Environment, name: string): string | undefined {
  if (environment[name] !== undefined || !name.startsWith('HULUMANAGE_')) return environment[name]
  const spelling = Object.keys(environment).find(key => key.toUpperCase() === name)
  return spelling === undefined ? undefined : environment[spelling]
}
