import type { IncomingHttpHeaders } from 'node:http'
import { HulumanageError } from '../../contract/index.ts'
import { isLoopback } from '../../text/loopback.ts'
import { isAllowedOrigin } from './cors.ts'

/**
 * Refuses requests that a web page of another site sends through the user's browser to a server on this machine that
 * requires no key: those with a foreign `Origin` that is not in `allowed`, and those with a foreign `Host` that was made
 * to resolve to this machine (DNS rebinding).
 */
export function checkLocalCaller(
  { origin, host }: IncomingHttpHeaders,
  listenHost: string,
  allowed: readonly string[] = [],
): void {
  if (!isLoopback(listenHost)) return
  if (origin !== undefined && !isLocalOrigin(origin) && !isAllowedOrigin(origin, allowed)) {
    throw forbidden(
      'Web pages of other sites may not call this server; add their origins to cors_origins, or set api_keys',
    )
  }
  if (host === undefined) return
  const name = host.replace(/:\d*$/, '')
  if (isLoopback(name) || name === listenHost) return
  throw forbidden('This server answers to localhost only; set api_keys to allow other host names')
}

function isLocalOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && isLoopback(url.hostname)
}

function forbidden(message: string): HulumanageError {
  return new HulumanageError('forbidden', message)
}
