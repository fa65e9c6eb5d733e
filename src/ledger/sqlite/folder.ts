import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { inMemory } from './path.ts'

/** Creates the folder of a database, which only its owner may enter. */
export function createFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
}

/** Creates the folder of a database that may be in memory. Throws if that, or writing there, is not permitted. */
export function prepareFolder(path: string): void {
  if (path === inMemory) return
  createFolder(path)
  accessSync(existsSync(path) ? path : dirname(path), constants.W_OK)
}
