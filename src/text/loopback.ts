import { isIPv4 } from 'node:net'

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  // The common cases first: this runs for every request.
  if (host === '127.0.0.1' || host === 'localhost') return true
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIPv4(name) && name.startsWith('127.')
}
