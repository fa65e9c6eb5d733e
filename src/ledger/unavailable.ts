import { HulumanageError } from '../contract/index.ts'

/** The reason for a failure, in words. */
export function reasonOf(error: unknown): string {
  // Of a host with several addresses, each of which has failed.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** The error of a ledger that cannot be read. */
export function unavailable(reason: string): HulumanageError {
  return new HulumanageError('ledger_unavailable', `The ledger cannot be read: ${reason}`)
}
