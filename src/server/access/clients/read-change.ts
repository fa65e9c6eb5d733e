import { z } from 'zod'
import { checkTree } from '../../../config/load/check-tree.ts'
import { Origins } from '../../../config/origins.ts'
import { renderProblem } from '../../../config/problems.ts'
import { endOf, keptClient } from '../../../config/sections/clients.ts'
import { HulumanageError } from '../../../contract/index.ts'

/** Maximum seconds for which a replaced key is accepted: thirty days. */
const maxGrace = 2_592_000

const rotation = z.strictObject({
  grace: z
    .number()
    .min(0)
    .max(maxGrace)
    .default(0)
    .describe('Seconds for which the present key is accepted as well'),
  expires: keptClient.shape.expires,
})

/** A client to create, as `clients` of the configuration describes one, without a key. */
export type NewClient = z.output<typeof keptClient>

/** Reads a client to create. Throws `invalid_value` for what `clients` of the configuration would refuse. */
export function readNewClient(body: unknown, now: number): NewClient {
  const client = checked(keptClient, body)
  checkEnd(client, now)
  return client
}

/** Reads how a key is replaced. Throws `invalid_value`. */
export function readRotation(body: unknown, now: number): z.output<typeof rotation> {
  const read = checked(rotation, body ?? {})
  if (read.expires !== undefined) checkEnd(read, now)
  return read
}

/** Throws `invalid_value` if a new key would be refused from the beginning. */
export function checkEnd(client: { readonly expires?: string | undefined }, now: number): void {
  if (endOf(client) > now) return
  const message = `expires: ${client.expires} is over, so that the key would be refused; name a later time`
  throw new HulumanageError('invalid_value', message, { param: 'expires' })
}

function checked<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HulumanageError('invalid_value', 'The body must be a JSON object')
  const { value, problems } = checkTree(schema, structuredClone(body), new Origins())
  const [first] = problems
  if (!first) return value!
  const message = problems.map(renderProblem).join('; ')
  throw new HulumanageError('invalid_value', message, { param: first.path || undefined })
}
