import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HulumanageError } from '../contract/index.ts'

const code = /\.(ts|mts|js|mjs|cjs)$/
const skipped = /^[._]|\.d\.m?ts$|\.test\.|^(lib|node_modules)$/

// Synchronous: nothing else happens at startup, and waiting for each file would take longer than reading it.

/** The entries of a folder that may be plugins, sorted by name: files of code, and folders. */
export function entriesOf(folder: string): string[] {
  const entries: string[] = []
  for (const name of readdirSync(folder).toSorted()) {
    if (skipped.test(name)) continue
    const path = join(folder, name)
    if (code.test(name) || isFolder(path)) entries.push(path)
  }
  return entries
}

/** The file to load for an entry, with links resolved: the entry itself, or the index of a folder. */
export function fileOf(entry: string): string {
  const path = realpathSync(entry)
  if (!isFolder(path)) return path
  const index = ['ts', 'mts', 'js', 'mjs', 'cjs']
    .map(extension => join(path, `index.${extension}`))
    .find(file => existsSync(file))
  if (index) return index
  throw new HulumanageError(
    'plugin_failed',
    `${entry}: the folder has no index.ts, .mts, .js, .mjs or .cjs; if it is not a plugin, name it lib or begin its name with _`,
  )
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // A broken or circular link.
    return false
  }
}
