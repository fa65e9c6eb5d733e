import { clientErrors } from './client-errors.ts'
import { serverErrors } from './server-errors.ts'

/** The properties that all errors of one code share. */
export interface ErrorDefinition {
  readonly status: number
  /** The `type` of OpenAI's error object. */
  readonly type: string
  /** The cause of the error, as a clause. */
  readonly when: string
  /** The remedy: advice for the client, or for the operator if only the operator can help. */
  readonly fix: string
  /** Where the error is seen, if no request ends with it. */
  readonly seenAt?: 'start' | 'log'
}

/** Every error that a client or an operator can meet, by its code. `docs/errors.md` is generated from it. */
export const errorTable = { ...clientErrors, ...serverErrors } satisfies Record<string, ErrorDefinition>

/** The code of an error: a stable name that clients may depend on. */
export type ErrorCode = keyof typeof errorTable
