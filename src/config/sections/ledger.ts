import { z } from 'zod'
import { readPostgresUrl } from '../../text/postgres-url.ts'
import { count } from '../value-schemas.ts'
import { bodies } from './ledger/bodies.ts'

const days = () => count().max(36_500)

const fields = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Records each request and the calls under it; `ledger: false` is short for `enabled: false`'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File of the ledger, or `:memory:` (default: a file for each configuration in the state folder of the platform, ' +
        'such as ~/.local/state/hulumanage)',
    ),
  url: z
    .string()
    .superRefine((url, context) => {
      try {
        readPostgresUrl(url)
      } catch (error) {
        // The URL has a password, but the message does not repeat it.
        const message = (error as Error).message
        context.addIssue({ code: 'custom', message, params: { hasNoSecret: true } })
      }
    })
    .optional()
    .describe(
      'PostgreSQL database that keeps the ledger instead, for several servers: postgres://user:password@host:5432/database; ' +
        '`?sslmode=verify-full` uses TLS. Needs the package `pg`',
    ),
  days: days().default(30).describe('Days for which requests and their calls are kept'),
  usage_days: days().default(400).describe('Days for which the sums of usage are kept'),
  max_bytes: z
    .int()
    .min(1024 * 1024)
    .default(1024 * 1024 * 1024)
    .describe('Maximum bytes of the ledger; the oldest requests are deleted first'),
  bodies: bodies
    .prefault({})
    .describe(
      'Prompts and answers of clients and of the calls that approaches make (default: none are kept)',
    ),
})

/** `ledger`: the record of requests and calls. */
export const ledger = fields.superRefine(({ path, url }, context) => {
  if (path === undefined || url === undefined) return
  const message = 'ledger.path and ledger.url name two places for one ledger; remove one of them'
  context.addIssue({ code: 'custom', path: ['path'], message })
})

/** Expands `ledger: false` and `ledger.bodies: all` in a configuration that is not checked yet. */
export function expandLedger(tree: Record<string, unknown>): void {
  const { ledger: written } = tree
  if (typeof written === 'boolean') tree['ledger'] = { enabled: written }
  if (typeof written !== 'object' || written === null || !('bodies' in written)) return
  const { bodies: kept } = written
  // `off` is false in the YAML of other programs.
  if (kept === false) tree['ledger'] = { ...written, bodies: { keep: 'off' } }
  if (typeof kept === 'string') tree['ledger'] = { ...written, bodies: { keep: kept } }
}
