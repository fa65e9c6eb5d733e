import { pino } from 'pino'
import type { LoadedConfig } from '../../config/load/load.ts'
import type { Origins } from '../../config/origins.ts'
import { grouped, renderNote, renderPath } from '../../config/problems.ts'
import type { Path } from '../../config/problems.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import type { Config } from '../../config/schema.ts'
import { isSecret, maskAddresses } from '../../config/secrets.ts'
import { annotatedYaml } from '../output/annotated-yaml.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'
import { valueAt } from '../../config/value-at.ts'

/**
 * Prints the configuration that `serve` would run with: secrets are masked, and each value is followed by its source.
 */
export async function printConfig(flags: FlagValues, asJson: boolean): Promise<string> {
  const loaded = readConfig(flags)
  const log = pino({ level: 'silent' })
  const config = await withSteps({ loaded, log }, async app => app.currentConfig.value)
  const shown = maskSecrets(config, []) as Config
  const sourceOf = (path: Path): string => describeSource(path, loaded)
  const { file, format, notes } = loaded
  if (asJson) {
    const sources = Object.fromEntries(leavesOf(config).map(path => [renderPath(path), sourceOf(path)]))
    return `${JSON.stringify({ file, format, config: shown, sources, notes }, undefined, 2)}\n`
  }
  const lost = grouped(notes)
    .map(note => `# ${renderNote(note)}\n`)
    .join('')
  return `${lost}${annotatedYaml(shown, { after: sourceOf })}`
}

function describeSource(path: Path, { draft }: LoadedConfig): string {
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
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [path]
  const keys: Path = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  return keys.flatMap(key => leavesOf((value as Record<string | number, unknown>)[key], [...path, key]))
}
