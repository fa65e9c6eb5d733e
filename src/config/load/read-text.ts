import { readFileSync } from 'node:fs'
import { ConfigError, problemWith } from '../problems.ts'

/** A file in messages. */
export interface ShownFile {
  readonly shown: string
  readonly hint?: string | undefined
  /** The kind of file in the message, if it is not the configuration of the server. */
  readonly subject?: string
}

/** Reads a file that the user has named. Throws a `ConfigError` with the reason if that is impossible. */
export function readText(file: string, { shown, hint, subject }: ShownFile): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError([problemWith(shown, reasonOf(error), hint)], subject)
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'file not found'
  if (code === 'EISDIR') return 'this is a folder, not a file'
  if (code === 'EACCES') return 'this user may not read the file'
  return `cannot be read: ${message}`
}
