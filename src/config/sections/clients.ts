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

const clientKey = () =>
  key()
    .min(1)
    // Taken for a plain key, a hash with a digit missing would lock its client out without a word.
    .refine(given => !/^sha256:/i.test(given) || hashedKey.test(given), {
      error: 'a hashed key is sha256: and 64 hexadecimal digits',
    })

const end = () =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })])
    .meta({ expected: 'a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z' })
    .optional()

const client = z
  .strictObject({
    name: z
      .string()
      // A URL leaves out a segment of dots, so that nobody could revoke the key of such a client.
      .regex(/^(?!\.{1,2}$)[\w.@-]{1,64}$/)
      .meta({ expected: 'up to 64 letters, digits, _, ., @ and -, not dots alone' })
      .describe('Unique name, shown in logs'),
    key: clientKey().describe(
      'Key that the client presents, or `sha256:` and the hexadecimal SHA-256 of that key',
    ),
    previous_key: clientKey()
      .optional()
      .describe('Key that is accepted as well, in either form, while the client changes to a new one'),
    previous_until: end().describe('Time from which the previous key is refused (default: none)'),
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
    expires: end().describe('Time from which the key is refused; of a date, its beginning in UTC'),
  })
  .describe('One client')

/** A client as the database of the ledger keeps it: with a key that was made for it. */
export const keptClient = client.omit({ key: true, previous_key: true, previous_until: true })

/** Unix time in milliseconds from which the key of a client is refused; Infinity if it has no end. */
export function endOf({ expires }: Pick<NamedClient, 'expires'>): number {
  return expires === undefined ? Infinity : Date.parse(expires)
}

/** Unix time in milliseconds from which the previous key of a client is refused; Infinity if it has no end. */
export function previousEndOf({ previous_until: until }: Pick<NamedClient, 'previous_until'>): number {
  return until === undefined ? Infinity : Date.parse(until)
}

/** `clients`: clients with a name, each with keys and rights of its own. */
export const clients = z.array(client).superRefine((all, context) => {
  const first = new Map<string, number>()
  for (const [index, each] of all.entries()) {
    for (const [field, identity, what] of identitiesOf(each)) {
      const earlier = first.get(identity)
      if (earlier === undefined) first.set(identity, index)
      else {
        const message =
          earlier === index
            ? '`previous_key` is the same as `key`; give the key that was used before'
            : `clients[${earlier}] has the same ${what}; each client needs its own`
        // It names no key, so that it can be shown at one.
        context.addIssue({ code: 'custom', path: [index, field], message, params: { hasNoSecret: true } })
      }
    }
    if (each.previous_until !== undefined && each.previous_key === undefined) {
      const message = 'there is no `previous_key` that could be refused'
      context.addIssue({ code: 'custom', path: [index, 'previous_until'], message })
    }
  }
})

/** The name and the keys of a client, which no other has: the field, a text that identifies it, and the word for it. */
function identitiesOf({
  name,
  key,
  previous_key: previous,
}: NamedClient): (readonly [string, string, string])[] {
  const digest = (given: string) => `key ${digestOfKey(given).toString('hex')}`
  return [
    ['name', `name ${name}`, 'name'],
    ['key', digest(key), 'key'],
    ...(previous === undefined ? [] : [['previous_key', digest(previous), 'key'] as const]),
  ]
}

/** One client of the configuration. */
export type NamedClient = z.output<typeof client>
