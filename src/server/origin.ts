import type { IncomingHttpHeaders } from 'node:http'
import { isIPv4 } from 'node:net'
import { HulumanageError } from '../contract/index.ts'

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIPv4(name) && name.startsWith('127.')
}

/**
 * Refuses what a web page of another site sends through the user's browser to a server on this machine that asks for
 * no key: requests with a foreign `Origin`, and with a `Host` that was made to point here (DNS rebinding).
 */
export function checkLocalCaller({ origin, host }: IncomingHttpHeaders, listenHost: string): void {
  if (!isLoopback(listenHost)) return
  if (origin !== undefined && !isLocalOrigin(origin)) {
    throw forbidden('Requests from web pages of other sites need a key; set api_keys to allow them')
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
