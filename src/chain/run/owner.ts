import { createHash } from 'node:crypto'
import type { ServedRequest } from '../../chat/provider-call.ts'

/**
 * A digest of the server, of the client, with its key and the headers that say for whose account, and of the chain with its
 * params.
 */
export function ownerOf(request: ServedRequest): string {
  const { server, tenant, clientKey, clientHeaders, chain, steps, params } = request
  const chosen = steps.map(step => [step.name, params(step)])
  const parts = [server, tenant, clientKey, clientHeaders, chain, chosen]
  const exact = parts.map(part => part ?? null)
  return createHash('sha256').update(JSON.stringify(exact)).digest('base64url')
}
