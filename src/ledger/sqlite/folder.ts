import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { inMemory } from './path.ts'

/** Creates the folder of a database, and those above it, which only their owner may enter. */
export function createFolder(path: string): void {
  makeFolder(dirname(path))
}

/** Does not use `recursive`: Node never returns from a folder such as /proc, where nothing can be created. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const above = dirname(folder)
  if (above !== folder) makeFolder(above)
  try {
    mkdirSync(folder, 0o700)
  } catch (error) {
    // Another process, such as a worker of the same server, may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Creates the folder of a database that may be in memory. Throws if that, or writing there, is not permitted. */
export function prepareFolder(path: string): void {
  if (path === inMemory) return
  createFolder(path)
  // With the dot, a file in place of the folder is refused.
  accessSync(existsSync(path) ? path : `${dirname(path)}/.`, constants.W_OK)
}
