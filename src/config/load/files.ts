import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expandHome } from './find.ts'
import type { BaseFolders } from './find.ts'
import type { Origins } from '../origins.ts'
import { filesOfPostgresUrl } from '../../text/postgres-url.ts'
import type { Path, Problem } from '../problems.ts'
import type { Config } from '../schema.ts'

/**
 * Makes the paths in a configuration absolute: those of the file start at its folder, those of flags and environment at
 * the working folder, `~/` at home. A provider without a `ca_file` gets the common one. A missing `ca_file` or
 * `redact_with` is a problem; a missing log file is not, because it is created.
 */
export function resolvePaths(
  config: Config,
  origins: Origins,
  file: string | undefined,
  { cwd, home }: BaseFolders,
): { readonly config: Config; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const absolute = (value: string, path: Path): string => {
    const isInFile = file !== undefined && origins.at(path)?.source === 'file'
    return resolve(isInFile ? dirname(file) : cwd, expandHome(value, home))
  }
  const found = (value: string, path: Path): string => {
    const resolved = absolute(value, path)
    const isFile = statSync(resolved, { throwIfNoEntry: false })?.isFile() ?? false
    if (!isFile) problems.push(origins.problem(path, `file not found: ${resolved}`))
    return resolved
  }
  const existing = (value: string | undefined, path: Path): { ca_file?: string } => {
    if (value === undefined || value === '') return {}
    return { ca_file: found(value, path) }
  }
  const { ca_file: common, ...rest } = config
  const shared = existing(common, ['ca_file'])
  const providers = config.providers.map(({ ca_file: own, ...provider }, index) => ({
    ...provider,
    ...shared,
    ...existing(own, ['providers', index, 'ca_file']),
  }))
  const folders = config.plugins_dir.map((folder, index) => absolute(folder, ['plugins_dir', index]))
  const { log_file: log, ...watching } = config.monitoring
  const logged = log ? { log_file: absolute(log, ['monitoring', 'log_file']) } : {}
  const monitoring = { ...watching, ...logged }
  const { url } = config.ledger
  for (const name of url === undefined ? [] : filesOfPostgresUrl(url)) found(name, ['ledger', 'url'])
  const ledger = withAbsoluteLedger(config.ledger, absolute, found)
  return { config: { ...rest, ...shared, providers, monitoring, ledger, plugins_dir: folders }, problems }
}

type Ledger = Config['ledger']

/** The ledger with absolute paths of its file and of the module that redacts. */
function withAbsoluteLedger(
  ledger: Ledger,
  absolute: (value: string, path: Path) => string,
  found: (value: string, path: Path) => string,
): Ledger {
  const { path, bodies } = ledger
  const { redact_with: module } = bodies
  return {
    ...ledger,
    ...(path !== undefined && path !== ':memory:' && { path: absolute(path, ['ledger', 'path']) }),
    ...(module !== undefined && {
      bodies: { ...bodies, redact_with: found(module, ['ledger', 'bodies', 'redact_with']) },
    }),
  }
}
