import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseEnv } from 'node:util'
import { checkProviders } from './check-providers.ts'
import type { KnownKinds } from './check-providers.ts'
import { checkTree } from './check-tree.ts'
import { readDocument } from './document.ts'
import type { FileTree } from './document.ts'
import { resolvePaths } from './files.ts'
import { findConfig } from './find.ts'
import type { Found, Whereabouts } from './find.ts'
import { serverFlags } from './flags.ts'
import { deepFreeze } from './freeze.ts'
import type { Environment } from './interpolate.ts'
import { Origins } from './origins.ts'
import type { Source } from './origins.ts'
import { override } from './overrides.ts'
import type { FlagValues } from './overrides.ts'
import { ConfigError } from './problems.ts'
import type { Problem } from './problems.ts'
import { configSchema } from './schema.ts'
import type { Config } from './schema.ts'

export interface LoadOptions extends Whereabouts {
  /** The variables of the process; `.env` in the working folder fills in what they leave out. */
  readonly env: Environment
  readonly flags?: FlagValues
  /** Those known before plugins are loaded; a provider of such a kind must have what the kind needs. */
  readonly kinds?: KnownKinds
}

/** A checked configuration and how it came about. */
export interface LoadedConfig {
  /** Deeply frozen. The params of steps are checked by `checkSteps` only. */
  readonly config: Config
  /** The file it was read from, absolute; undefined where there is none. */
  readonly file: string | undefined
  /** The places where a file was looked for, in order. */
  readonly searched: readonly string[]
  /** Who set each top-level key, and whatever else flags and environment set, such as `monitoring.log_level`. */
  readonly sources: Readonly<Record<string, Source | 'default'>>
  /** The files whose change makes it worth loading again. */
  readonly watched: readonly string[]
  /** What the second pass goes on with. Holds keys: not for logs. */
  readonly draft: Draft
}

/** A configuration on its way: values by their place, and who set them. */
export interface Draft {
  readonly tree: Record<string, unknown>
  readonly origins: Origins
  readonly environment: Environment
  readonly flags: FlagValues
}

/**
 * Reads the configuration: flag over environment over file over default. Throws one `ConfigError` with all that is
 * wrong. A file is optional, unless it was named.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const dotenv = join(options.cwd, '.env')
  const environment = { ...parseEnv(readText(dotenv) ?? ''), ...options.env }
  const flags = options.flags ?? {}
  const found = findConfig(flags, environment, options)
  const { tree: fileTree, origins, problems: faults } = readFile(found, environment, options.cwd)
  const draft: Draft = { tree: isMapping(fileTree) ? fileTree : {}, origins, environment, flags }
  override(draft.tree, origins, serverFlags, flags, environment)
  fillFromOpenAi(draft)

  const checked = checkTree(configSchema, isMapping(fileTree) ? draft.tree : fileTree, origins)
  const problems = [...faults, ...checked.problems]
  problems.push(...checkProviders(draft.tree['providers'], origins, options.kinds))
  const resolved = checked.value && resolvePaths(checked.value, origins, found.file, options)
  problems.push(...(resolved?.problems ?? []))
  if (!resolved || problems.length > 0) throw new ConfigError(firstPerPath(problems))

  return {
    config: deepFreeze(resolved.config),
    file: found.file,
    searched: found.searched,
    sources: sourcesOf(draft),
    watched: found.file === undefined ? [dotenv] : [found.file, dotenv],
    draft,
  }
}

function readFile(found: Found, environment: Environment, cwd: string): FileTree {
  if (found.file === undefined) return { tree: {}, origins: new Origins(), problems: [] }
  const inside = relative(cwd, found.file)
  const shown = inside.startsWith('..') ? found.file : inside
  try {
    const tree = readDocument(readFileSync(found.file, 'utf8'), shown, environment)
    // The tree of a broken file is empty; what is missing in it is no news.
    if (tree.problems.length > 0 && isEmpty(tree.tree)) throw new ConfigError(tree.problems)
    return tree
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof Error)) throw error
    const isMissing = 'code' in error && error.code === 'ENOENT'
    const place = { file: shown, line: undefined, column: undefined, path: '' }
    const message = isMissing ? 'there is no such file' : `cannot be read: ${error.message}`
    throw new ConfigError([{ ...place, message, hint: found.namedBy && `named by ${found.namedBy}` }])
  }
}

/**
 * The variables that SDKs of OpenAI read, where nothing else is said. The key goes to no `base_url` of the file: whoever
 * writes an address there says with which key.
 */
function fillFromOpenAi({ tree, origins, environment }: Draft): void {
  const fill = (key: string, value: string, name: string): void => {
    tree[key] = value
    origins.replace([key], { source: 'environment', name })
  }
  const { OPENAI_BASE_URL: url, OPENAI_API_KEY: apiKey } = environment
  const hasProviders = Array.isArray(tree['providers']) && tree['providers'].length > 0
  if (!tree['base_url']) {
    if (url) fill('base_url', url, 'OPENAI_BASE_URL')
    else if ((apiKey || tree['api_key']) && !hasProviders) {
      fill('base_url', 'https://api.openai.com/v1', 'OPENAI_API_KEY')
    }
  }
  const isOfFile = origins.at(['base_url'])?.source === 'file'
  if (apiKey && !tree['api_key'] && tree['base_url'] && !isOfFile) fill('api_key', apiKey, 'OPENAI_API_KEY')
}

function sourcesOf({ tree, origins }: Draft): Record<string, Source | 'default'> {
  const sources: Record<string, Source | 'default'> = {}
  for (const key of Object.keys(configSchema.shape)) {
    sources[key] = Object.hasOwn(tree, key) ? (origins.at([key])?.source ?? 'default') : 'default'
  }
  for (const { path } of serverFlags) {
    const origin = path && origins.at(path)
    if (path && origin && origin.source !== 'file') sources[path.join('.')] = origin.source
  }
  return sources
}

/** The first problem of a place leads to the others, as a missing variable to a value of no use. */
function firstPerPath(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems
    .filter(({ path }) => path === '' || (!seen.has(path) && seen.add(path)))
    .toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0))
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 0
}
