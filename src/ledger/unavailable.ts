import { messageOf } from '../contract/errors.ts'
import { HulumanageError } from '../contract/index.ts'
import { isInMemory } from './place.ts'

/** The reason for a failure, in words. */
export function reasonOf(error: unknown): string {
  // Of a host with several addresses, each of which has failed.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return messageOf(error)
}

/** The remedies of failures of a file, which SQLite and the system name in few words. Even to read its file, SQLite writes beside it. */
const remedies = [
  [/disk is full|ENOSPC/, 'free some space: reading needs some, too'],
  [
    /EROFS|EACCES|EPERM|readonly database|unable to open database file/,
    'this user needs write access to the file and its folder, even to read it',
  ],
] as const

/** The error of a ledger that cannot be read. */
export function unavailable(reason: string): HulumanageError {
  return new HulumanageError('ledger_unavailable', `The ledger cannot be read: ${reason}`)
}

/** The error of a database of the ledger that SQLite cannot read: it names the file, and what to do. */
export function unreadableFile(path: string, reason: string): HulumanageError {
  if (isInMemory(path)) return unavailable(reason)
  const remedy = remedies.find(([words]) => words.test(reason))?.[1]
  const advice = remedy === undefined ? '' : `; ${remedy}`
  const place = reason.includes(path) ? '' : ` (${path})`
  return unavailable(`${reason}${advice}${place}`)
}
