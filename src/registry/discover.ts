import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HulumanageError } from '../contract/index.ts'

const code = /\.(ts|mts|js|mjs|cjs)$/
const skipped = /^[._]|\.d\.m?ts$|\.test\.|^(lib|node_modules)$/

// Read at once: nothing else goes on at a start, and each wait for a file would take longer than to look at it.

/** What in a folder may be a plugin: files of code and folders, by name. */
export function entriesOf(folder: string): string[] {
  const entries: string[] = []
  for (const name of readdirSync(folder).toSorted()) {
    if (skipped.test(name)) continue
    const path = join(folder, name)
    if (code.test(name) || isFolder(path)) entries.push(path)
  }
  return entries
}

/** The file to load for an entry, links followed: the entry itself, or the index of a folder. */
export function fileOf(entry: string): string {
  const path = realpathSync(entry)
  if (!isFolder(path)) return path
  const index = ['ts', 'mts', 'js', 'mjs', 'cjs']
    .map(extension => join(path, `index.${extension}`))
    .find(file => existsSync(file))
  if (index) return index
  throw new HulumanageError(
    'plugin_failed',
    `${entry}: the folder has no index.ts, .mts, .js, .mjs or .cjs; name it lib, or with a leading _, if it is no plugin`,
  )
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // A link that leads nowhere, or in circles.
    return false
  }
}
