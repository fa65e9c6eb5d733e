import type { FastifyRequest } from 'fastify'
import { ownerOf } from '../../text/stored-id.ts'

/** The beginning of the keys under which something is kept for the client of a request. */
export function keyPrefixOf(
  kind: 'responses' | 'thoughts',
  { server, exchange }: Pick<FastifyRequest, 'server' | 'exchange'>,
): string {
  return `${server.store.namespace}:${kind}:${ownerOf(exchange)}:`
}
