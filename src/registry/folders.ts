import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** A folder whose files are steps and plugins. */
export interface PluginFolder {
  readonly path: string
  /** Whether the folder is part of the package: its plugins boot without a rehearsal. */
  readonly builtIn?: boolean
}

/** The sources of plugin folders. */
export interface FolderSources {
  /** The configuration in use, if there is a file. */
  readonly configFile?: string | undefined
  /** `plugins_dir` of the configuration and the flags; `~/` is the home folder. */
  readonly pluginsDir?: readonly string[]
  readonly workingFolder?: string
  readonly home?: string
}

const packageFolder = join(import.meta.dirname, '..', '..')

/**
 * The folders to load from, in order: those of the package, those of the working folder and the home folder if they
 * exist, then `plugins_dir`. The working folder counts only if it has a configuration: starting the server in a
 * downloaded folder must not run its code.
 */
export function pluginFolders({
  configFile,
  pluginsDir = [],
  workingFolder = process.cwd(),
  home = homedir(),
}: FolderSources = {}): PluginFolder[] {
  const configured =
    existsSync(join(workingFolder, 'hulumanage.yaml')) ||
    (configFile !== undefined && dirname(resolve(workingFolder, configFile)) === resolve(workingFolder))
  const optional = [
    ...(configured ? [join(workingFolder, 'plugins')] : []),
    join(home, '.hulumanage', 'plugins'),
  ]
  return unique([
    { path: join(packageFolder, 'approaches'), builtIn: true },
    { path: join(packageFolder, 'plugins'), builtIn: true },
    ...optional.filter(path => existsSync(path)).map(path => ({ path })),
    ...pluginsDir.map(path => ({ path: resolve(workingFolder, path.replace(/^~(?=\/|$)/, home)) })),
  ])
}

function unique(folders: readonly PluginFolder[]): PluginFolder[] {
  const byRealPath = new Map<string, PluginFolder>()
  for (const folder of folders) {
    // A missing folder that was asked for stays in the list: loading it reports the error.
    const path = existsSync(folder.path) ? realpathSync(folder.path) : folder.path
    if (!byRealPath.has(path)) byRealPath.set(path, { ...folder, path })
  }
  return [...byRealPath.values()]
}
