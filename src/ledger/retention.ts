/** The bounds of what a ledger keeps. */
export interface Retention {
  /** Days for which requests and their calls are kept. */
  readonly days: number
  /** Days for which the sums of usage are kept. */
  readonly usageDays: number
  /** Maximum bytes of the database. */
  readonly maxBytes: number
}
