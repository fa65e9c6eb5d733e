import type { FastifyRequest } from 'fastify'
import { ownerOf } from '../../text/stored-id.ts'

/** Beginning of the keys under which something is kept for the client of a request, among all that servers share. */
export function placeOf(
  kind: 'responses' | 'thoughts',
  { server, exchange }: Pick<FastifyRequest, 'server' | 'exchange'>,
): string {
  const { redis } = server.currentConfig.value
  return `${redis?.namespace ?? 'hulumanage'}:${kind}:${ownerOf(exchange)}:`
}
