import { hash } from 'node:crypto'
import { z } from 'zod'
import { clientBudget } from './clients/client-budget.ts'
import { clientLimit } from './clients/client-limit.ts'
import { key } from '../value-schemas.ts'

/** The form of a hashed key: `sha256:` and 64 hexadecimal digits. */
const hashedKey = /^sha256:([0-9a-f]{64})$/i

/** The SHA-256 of the key that a client presents, from that key or from its hashed form. */
export function digestOfKey(configured: string): Buffer {
  const [, hashed] = hashedKey.exec(configured) ?? []
  return hashed === undefined ? hash('sha256', configured, 'buffer') : Buffer.from(hashed, 'hex')
}

const client = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.@-]{1,64}$/)
      .meta({ expected: 'up to 64 letters, digits, _, ., @ and -' })
      .describe('Unique name, shown in logs'),
    key: key()
      .min(1)
      // Taken for a plain key, a hash with a digit missing would lock its client out without a word.
      .refine(given => !/^sha256:/i.test(given) || hashedKey.test(given), {
        error: 'a hashed key is sha256: and 64 hexadecimal digits',
      })
      .describe('Key that the client presents, or `sha256:` and the hexadecimal SHA-256 of that key'),
    role: z
      .enum(['user', 'operator'])
      .default('user')
      .describe(
        '`user` asks models; `operator` monitors the server, reads the ledger, manages keys and clears the cache, but cannot ask',
      ),
    models: z
      .array(z.string().min(1))
      .optional()
      .describe('Models that the client may call, or patterns such as `gpt-*` (default: any)'),
    chains: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'Chains that the client may name, such as `bon`, a named chain or `none`; the default chain is always allowed (default: any)',
      ),
    rate_limit: clientLimit.optional().describe('Rate limit, instead of that of the server'),
    budget: clientBudget.optional().describe('Maximum that the client may spend (default: no limit)'),
    expires: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })])
      .meta({ expected: 'a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z' })
      .optional()
      .describe('Time from which the key is refused; of a date, its beginning in UTC'),
  })
  .describe('One client')

/** A client as the database of the ledger keeps it: with a key that was made for it. */
export const keptClient = client.omit({ key: true })

/** Unix time in milliseconds from which the key of a client is refused; Infinity if it has no end. */
export function endOf({ expires }: Pick<NamedClient, 'expires'>): number {
  return expires === undefined ? Infinity : Date.parse(expires)
}

/** The texts by which two clients are the same, by the field that they are from. */
const identities = {
  name: ({ name }: NamedClient) => name,
  key: (each: NamedClient) => digestOfKey(each.key).toString('hex'),
}

/** `clients`: clients with a name, each with a key and rights of its own. */
export const clients = z.array(client).superRefine((all, context) => {
  for (const field of ['name', 'key'] as const) {
    const first = new Map<string, number>()
    for (const [index, each] of all.entries()) {
      const value = identities[field](each)
      const earlier = first.get(value)
      if (earlier === undefined) first.set(value, index)
      else {
        const message = `clients[${earlier}] has the same ${field}; each client needs its own`
        // It names no key, so that it can be shown at one.
        context.addIssue({ code: 'custom', path: [index, field], message, params: { hasNoSecret: true } })
      }
    }
  }
})

/** One client of the configuration. */
export type NamedClient = z.output<typeof client>
