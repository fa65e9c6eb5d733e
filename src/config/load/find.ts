import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { configFlag } from '../flags/flags.ts'
import { mayBeForeign } from '../formats/convert.ts'
import type { Environment } from '../interpolate.ts'
import { settingOf } from '../flags/overrides.ts'
import type { FlagValues } from '../flags/overrides.ts'

/** The result of looking for a configuration file. */
export interface Found {
  /** The absolute path; undefined if no file was found. */
  readonly file: string | undefined
  /** The paths tried, in order. */
  readonly searched: readonly string[]
  /** The flag or variable that named the file; a named file must exist. */
  readonly namedBy: string | undefined
}

/** The folders that relative paths and `~/` start from. */
export interface BaseFolders {
  /** The working folder. */
  readonly cwd: string
  /** The home folder of the user. */
  readonly home: string
}

/**
 * Finds the configuration file: the one named by `--config` or `HULUMANAGE_CONFIG`, else the first that exists. Many
 * programs have a `config.yaml`; one that is not in a known format is ignored.
 */
export function findConfig(values: FlagValues, environment: Environment, { cwd, home }: BaseFolders): Found {
  const named = settingOf(configFlag, values, environment)
  if (named) {
    const file = resolve(cwd, expandHome(named.value as string, home))
    return { file, searched: [file], namedBy: named.origin.name }
  }
  const bases = [
    join(cwd, 'hulumanage'),
    join(home, '.hulumanage', 'proxy_config'),
    join(home, '.optillm', 'proxy_config'),
  ]
  const ours = bases.flatMap(base => [`${base}.yaml`, `${base}.yml`])
  const foreign = ['config.yaml', 'llmproxy.yaml'].map(name => join(cwd, name))
  const file = ours.find(path => existsSync(path)) ?? foreign.find(isForeign)
  return { file, searched: [...ours, ...foreign], namedBy: undefined }
}

function isForeign(file: string): boolean {
  try {
    return mayBeForeign(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}

/** Expands `~/x` to the home folder, which a shell does not do in files and variables. */
export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path
}
