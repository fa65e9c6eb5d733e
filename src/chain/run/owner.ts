import { createHash } from 'node:crypto'
import type { RequestState } from '../../contract/index.ts'

/** A digest of the client, with its key and the headers that say for whose account, and of the chain with its params. */
export function ownerOf({ tenant, clientKey, clientHeaders, chain, steps, params }: RequestState): string {
  const parts = [tenant, clientKey, clientHeaders, chain, steps.map(step => [step.name, params(step)])]
  const exact = parts.map(part => part ?? null)
  return createHash('sha256').update(JSON.stringify(exact)).digest('base64url')
}
