import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { normalizeAddresses } from './addresses.ts'
import { checkProviders, namesAsKeys } from './check-providers.ts'
import type { KnownKinds } from './check-providers.ts'
import { checkTree } from './check-tree.ts'
import { parseDotenv } from '../dotenv.ts'
import { resolvePaths } from './files.ts'
import { findConfig } from './find.ts'
import type { BaseFolders } from './find.ts'
import { extendTotal } from '../formats/total.ts'
import { formatFlag, serverFlags } from '../flags/flags.ts'
import { deepFreeze } from '../../contract/freeze.ts'
import type { Environment } from '../interpolate.ts'
import type { Origins, Source } from '../origins.ts'
import { override, settingOf } from '../flags/overrides.ts'
import type { FlagValues } from '../flags/overrides.ts'
import { ConfigError } from '../problems.ts'
import type { Note, Problem } from '../problems.ts'
import { resolveReferences } from './references.ts'
import { configSchema } from '../schema.ts'
import type { Config } from '../schema.ts'
import { expandLedger } from '../sections/ledger.ts'
import { readSource } from './source.ts'
import type { Source as SourceFile } from './source.ts'
import { isMapping } from '../tree.ts'
import { validPart } from './valid-part.ts'
import { exposedBy } from './dotenv/exposure.ts'
import type { Resolved } from './dotenv/exposure.ts'
import { joinVariables } from './dotenv/variables.ts'
import type { Variables } from './dotenv/variables.ts'

/** The surroundings that a configuration is loaded from. */
export interface LoadOptions extends BaseFolders {
  /** The variables of the process; `.env` in the working folder adds those that are missing. */
  readonly env: Environment
  readonly flags?: FlagValues
  /** The kinds known before plugins are loaded; their providers must have what the kind requires. */
  readonly kinds?: KnownKinds
}

/** A checked configuration and its origin. */
export interface LoadedConfig {
  /** Deeply frozen. The params of steps are not checked until `checkSteps`. */
  readonly config: Config
  /** The absolute path of the file it was read from; undefined without a file. */
  readonly file: string | undefined
  /** The foreign format it was written in; undefined for ours. */
  readonly format: string | undefined
  /** Settings of a foreign format or of `.env` that have no effect; to be shown to the user. */
  readonly notes: readonly Note[]
  /** Settings that have an effect, but hardly the one that was meant; to be shown to the user. */
  readonly warnings: readonly Problem[]
  /** The paths at which a file was looked for, in order. */
  readonly searched: readonly string[]
  /**
   * The source of each top-level key, and of each further key set by flags and environment, such as
   * `monitoring.log_level`.
   */
  readonly sources: Readonly<Record<string, Source | 'default'>>
  /** The files whose changes call for a reload. */
  readonly watched: readonly string[]
  /** The input of the second pass. Contains secrets: not for logs. */
  readonly draft: Draft
}

/** A configuration between the two passes: its values, and their origins. */
export interface Draft {
  readonly tree: Record<string, unknown>
  readonly origins: Origins
  readonly environment: Environment
  readonly flags: FlagValues
}

/** The problems of the first pass, with as much of the configuration as the second pass can check. */
export class FirstPassError extends ConfigError {
  /** The configuration without the values that have problems; undefined if nothing can be said about the rest. */
  readonly rest: () => LoadedConfig | undefined

  constructor(problems: readonly Problem[], rest: () => LoadedConfig | undefined) {
    super(problems)
    this.rest = rest
  }
}

/**
 * Loads the configuration: flags win over the environment, that over the file, and that over defaults. Throws one
 * `ConfigError` with all problems. A file is optional unless it was named.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const dotenv = join(options.cwd, '.env')
  const variables = joinVariables(parseDotenv(readText(dotenv) ?? ''), options.env)
  const environment = variables.effective
  const flags = options.flags ?? {}
  const found = findConfig(flags, environment, options)
  const format = settingOf(formatFlag, flags, environment)
  const read = (variables: Environment): SourceFile =>
    readSource(found, {
      cwd: options.cwd,
      environment: variables,
      format,
      hasUpstream: isUpstreamNamed(flags, variables),
    })
  const source = read(environment)
  // A file beside `.env` is as trusted, and could choose the address itself.
  const alone = isWithin(options.cwd, found.file) ? undefined : aloneTrees(read, variables, flags)
  const { fileTree, faults, draft } = draftOf(source, variables.all, environment, flags)
  const { origins } = draft
  const exposed = alone ? exposedBy({ all: draft.tree, ...alone }, variables.dotenv, origins) : []
  const unlikely = normalizeAddresses(draft.tree, origins)
  expandLedger(draft.tree)

  const checked = checkTree(configSchema, isMapping(fileTree) ? draft.tree : fileTree, origins)
  const problems = [...faults, ...exposed, ...checked.problems]
  problems.push(...checkProviders(draft.tree['providers'], origins, options.kinds))
  const resolved = checked.value && resolvePaths(checked.value, origins, found.file, options)
  problems.push(...(resolved?.problems ?? []))
  const loaded = (config: Config): LoadedConfig => ({
    config: deepFreeze(config),
    file: found.file,
    format: source.format,
    notes: [...variables.notes, ...source.notes],
    warnings: [...unlikely, ...namesAsKeys(draft.tree, origins, variables.all)],
    searched: found.searched,
    sources: sourcesOf(draft),
    watched: found.file === undefined ? [dotenv] : [found.file, dotenv],
    draft,
  })
  if (resolved && problems.length === 0) return loaded(resolved.config)
  throw new FirstPassError(firstPerPath(problems), () => {
    const rest = validPart(draft.tree, problems)
    return rest && loaded(resolvePaths(rest, origins, found.file, options).config)
  })
}

function isWithin(folder: string, file: string | undefined): boolean {
  if (file === undefined) return false
  const path = relative(folder, file)
  return !path.startsWith('..') && !isAbsolute(path)
}

/** The values of a file with its references resolved, and with those that flags and the environment set. */
function draftOf(source: SourceFile, references: Environment, environment: Environment, flags: FlagValues) {
  const { tree: fileTree, origins, problems: faults } = resolveReferences(source, references)
  const draft: Draft = { tree: isMapping(fileTree) ? fileTree : {}, origins, environment, flags }
  if (source.format !== undefined) extendTotal(draft.tree)
  override(draft.tree, origins, serverFlags, flags, environment)
  fillFromOpenAi(draft)
  return { fileTree, faults, draft }
}

/** The values with the variables of the environment or of `.env` alone; undefined if `.env` has none. */
function aloneTrees(
  read: (variables: Environment) => SourceFile,
  { real, dotenv }: Variables,
  flags: FlagValues,
): Omit<Resolved, 'all'> | undefined {
  if (Object.keys(dotenv).length === 0) return undefined
  const treeWith = (variables: Environment): unknown =>
    draftOf(read(variables), variables, variables, flags).draft.tree
  return { real: treeWith(real), dotenv: treeWith(dotenv) }
}

/** Whether the command line or the environment names an upstream. */
function isUpstreamNamed(flags: FlagValues, environment: Environment): boolean {
  if (environment['OPENAI_BASE_URL']) return true
  return serverFlags.some(
    flag => flag.name === 'base-url' && settingOf(flag, flags, environment) !== undefined,
  )
}

/**
 * Falls back to the variables that OpenAI's SDKs read. The key is never sent to a `base_url` of the file: an address
 * written there comes with its own key.
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

/** The first problem of a path causes the others, as a missing variable causes an invalid value. */
export function firstPerPath(problems: readonly Problem[]): Problem[] {
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
