import { HulumanageError } from '../contract/index.ts'
import { basicAuthorization } from '../text/address-login.ts'

/** An HTTP proxy that the environment names. */
export interface HttpProxy {
  readonly url: URL
  /** The value of `proxy-authorization`; undefined without credentials. */
  readonly authorization: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for calls to an origin: in `HTTPS_PROXY` or `HTTP_PROXY`, else in `ALL_PROXY`, in capitals
 * or not, with or without a scheme. Undefined without one, for an origin in `NO_PROXY`, and for this machine. Throws
 * `config_invalid` for an address that names no HTTP proxy.
 */
export function proxyFor(origin: string, environment: Environment = process.env): HttpProxy | undefined {
  const target = new URL(origin)
  if (isThisMachine(target.hostname) || isExempt(target, valueOf(environment, 'no_proxy') ?? ''))
    return undefined
  const own = `${target.protocol.slice(0, -1)}_proxy`
  const address = valueOf(environment, own)
  if (address !== undefined) return parse(address, own.toUpperCase())
  const shared = valueOf(environment, 'all_proxy')
  // It may name a SOCKS proxy for other programs.
  if (shared === undefined || /^socks/i.test(shared)) return undefined
  return parse(shared, 'ALL_PROXY')
}

/** The variable under its usual lower-case name, or in capitals. Empty is unset. */
function valueOf(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || environment[name.toUpperCase()]?.trim() || undefined
}

function parse(address: string, name: string): HttpProxy {
  const whole = /^[a-z][\w+.-]*:\/\//i.test(address) ? address : `http://${address}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '')
    // The address may contain a password.
    throw new HulumanageError(
      'config_invalid',
      `${name} does not name an HTTP proxy, such as http://host:3128`,
    )
  return { url, authorization: basicAuthorization(url) }
}

function isThisMachine(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Whether `NO_PROXY` lists an origin: by its host, a domain that the host is in, with or without a port, or `*`. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some(entry => {
    const [, host = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(bracketed(entry.toLowerCase())) ?? []
    if (host === '' || (entryPort !== undefined && entryPort !== ownPort)) return false
    const domain = host.replace(/^\*?\./, '')
    return host === '*' || hostname === domain || hostname.endsWith(`.${domain}`)
  })
}

/** An IPv6 address as the host of a URL has it. */
function bracketed(entry: string): string {
  return /^[\da-f]*:[\da-f]*:[\da-f:.]*$/.test(entry) ? `[${entry}]` : entry
}
