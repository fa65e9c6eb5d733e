import { HulumanageError } from '../contract/index.ts'

/** The reason for a failure, in words. */
export function reasonOf(error: unknown): string {
  // Of a host with several addresses, each of which has failed.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** The remedies of failures that SQLite and the system name in few words. Even to read its file, SQLite writes beside it. */
const remedies = [
  [/disk is full|ENOSPC/, 'free space on its disk, for reading needs some as well'],
  [
    /EROFS|EACCES|EPERM|readonly database|unable to open database file/,
    'this user must be able to write its file and its folder, also to read it',
  ],
] as const

/** The error of a ledger that cannot be read. */
export function unavailable(reason: string): HulumanageError {
  const remedy = remedies.find(([words]) => words.test(reason))?.[1]
  const advice = remedy === undefined ? '' : `; ${remedy}`
  return new HulumanageError('ledger_unavailable', `The ledger cannot be read: ${reason}${advice}`)
}
