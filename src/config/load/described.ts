import { withReadableAddresses } from './addresses.ts'
import type { LoadedConfig } from './load.ts'
import type { Origins } from '../origins.ts'
import { renderPath } from '../problems.ts'
import type { Path } from '../problems.ts'
import type { Config } from '../schema.ts'
import { isSecret, maskAddresses } from '../secrets.ts'
import { partsOf, valueAt } from '../tree.ts'

const loadedAs = new WeakMap<Config, LoadedConfig>()

/** Remembers where the values of a configuration come from, for as long as it is in use. */
export function rememberSources(loaded: LoadedConfig): LoadedConfig {
  loadedAs.set(loaded.config, loaded)
  return loaded
}

/** A configuration for people who check it. */
export interface DescribedConfig {
  readonly file: string | undefined
  readonly format: string | undefined
  /** All values, defaults included; secrets are masked. */
  readonly config: unknown
  /** The source of each value, by its path: a line of the file, a flag or variable, or `default`. Empty if unknown. */
  readonly sources: Readonly<Record<string, string>>
}

/** Describes a configuration: its values without secrets, and their sources. */
export function describeConfig(config: Config): DescribedConfig {
  const loaded = loadedAs.get(config)
  const sources = loaded ? leavesOf(config).map(path => [renderPath(path), sourceOf(path, loaded)]) : []
  return {
    file: loaded?.file,
    format: loaded?.format,
    config: maskSecrets(withReadableAddresses(config), []),
    sources: Object.fromEntries(sources) as Record<string, string>,
  }
}

/** The source of a value in words. */
export function sourceOf(path: Path, { draft }: Pick<LoadedConfig, 'draft'>): string {
  const { tree, origins } = draft
  if (valueAt(tree, path) === undefined && !hasOwnOrigin(path, origins)) return 'default'
  const located = origins.locate(path)
  if (!located) return 'default'
  const { name, line, path: foreign, variables } = located.origin
  const place = line === undefined ? name : `${name}:${line}`
  const theirs = foreign === undefined ? '' : renderPath(located.path)
  return [place, theirs, variables].filter(Boolean).join(' ')
}

/** Whether a value has its own origin: params of steps set by flags and variables are in no file. */
function hasOwnOrigin(path: Path, origins: Origins): boolean {
  return origins.at(path) !== origins.at(path.slice(0, -1))
}

function maskSecrets(value: unknown, path: Path): unknown {
  if (typeof value === 'string') {
    if (isSecret(path) && value !== '') return '***'
    return maskAddresses(value)
  }
  if (Array.isArray(value)) return value.map((item, index) => maskSecrets(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, maskSecrets(inner, [...path, key])]),
  )
}

function leavesOf(value: unknown, path: Path = []): Path[] {
  const parts = partsOf(value)
  return parts.length === 0 ? [path] : parts.flatMap(([key, part]) => leavesOf(part, [...path, key]))
}
