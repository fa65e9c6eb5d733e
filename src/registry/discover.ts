import { existsSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HulumanageError } from '../contract/index.ts'

const code = /\.(ts|mts|js|mjs|cjs)$/
const skipped = /^[._]|\.d\.m?ts$|\.test\.|^(lib|node_modules)$/

/** What in a folder may be a plugin: files of code and folders, by name. */
export async function entriesOf(folder: string): Promise<string[]> {
  const entries: string[] = []
  for (const name of (await readdir(folder)).toSorted()) {
    if (skipped.test(name)) continue
    const path = join(folder, name)
    if (code.test(name) || (await isFolder(path))) entries.push(path)
  }
  return entries
}

/** The file to load for an entry, links followed: the entry itself, or the index of a folder. */
export async function fileOf(entry: string): Promise<string> {
  const path = await realpath(entry)
  if (!(await isFolder(path))) return path
  const index = ['ts', 'mts', 'js', 'mjs', 'cjs']
    .map(extension => join(path, `index.${extension}`))
    .find(file => existsSync(file))
  if (index) return index
  throw new HulumanageError(
    'plugin_failed',
    `${entry}: the folder has no index.ts, .mts, .js, .mjs or .cjs; name it lib, or with a leading _, if it is no plugin`,
  )
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isDirectory() ?? false
}
