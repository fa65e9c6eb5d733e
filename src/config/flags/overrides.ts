import type { Flag } from './flags.ts'
import type { Environment } from '../interpolate.ts'
import type { Origin, Origins } from '../origins.ts'
import type { Path } from '../problems.ts'

/** Values of the command line by commander's names for options, such as `baseUrl`; undefined where not given. */
export type FlagValues = Readonly<Record<string, unknown>>

/** What the command line or else the environment says for a flag. */
export interface Setting {
  readonly value: unknown
  readonly origin: Origin
}

/** The setting of one flag; undefined where neither the command line nor the environment has it. */
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

/** Puts the settings of flags and environment over what the file says. */
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

/** The mapping that a path ends in, made where it is missing; undefined where something else is in its place, which the schema reports. */
function holderOf(tree: Record<string, unknown>, path: Path): Record<string, unknown> | undefined {
  let holder = tree
  for (const part of path.slice(0, -1)) {
    const inner = (holder[part] ??= {})
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined
    holder = inner as Record<string, unknown>
  }
  return holder
}

/** Names of ours are read in any case: `hulumanage_LOG_LEVEL` is one. */
function lookUp(environment: Environment, name: string): string | undefined {
  if (environment[name] !== undefined || !name.startsWith('HULUMANAGE_')) return environment[name]
  const spelling = Object.keys(environment).find(key => key.toUpperCase() === name)
  return spelling === undefined ? undefined : environment[spelling]
}
