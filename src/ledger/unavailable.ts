import { HulumanageError } from '../contract/index.ts'

/** The reason for a failure, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The error of a ledger that cannot be read. */
export function unavailable(reason: string): HulumanageError {
  return new HulumanageError('ledger_unavailable', `The ledger cannot be read: ${reason}`)
}
