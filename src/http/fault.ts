/** Where in a call the transport failed; decides whether another provider may be asked and who is to blame. */
export type FaultKind =
  /** No byte of the request left: refused, unknown host, no connection in time. */
  | 'connect'
  /** The certificate is not trusted. */
  | 'tls'
  /** The request was sent and no status line came back. */
  | 'no_response'
  /** The body broke off. */
  | 'cut'
  /** The response is not valid HTTP. */
  | 'protocol'
  /** This process is out of sockets or ports. */
  | 'local'

const connectCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TUNNEL',
])

const localCodes = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS'])

const protocolCodes = new Set([
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
])

/** Reads an error of undici or of Node's sockets. `headSeen` tells whether the response had begun. */
export function faultKindOf(error: Error, headSeen: boolean): FaultKind {
  const code = codeOf(error)
  if (localCodes.has(code)) return 'local'
  if (connectCodes.has(code)) return 'connect'
  // A parser error of undici has a name and a code of the parser (HPE_...), or no code at all.
  if (error.name === 'HTTPParserError' || protocolCodes.has(code) || code.startsWith('HPE_'))
    return 'protocol'
  if (isTls(code)) return 'tls'
  return headSeen ? 'cut' : 'no_response'
}

/** True if time ran out for a connection, rather than the other side refusing it. */
export function isConnectTimeout(error: Error): boolean {
  const code = codeOf(error)
  return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT'
}

/** True if the connection had carried an answer before: it may have died while idle. */
export function wasReused(error: Error): boolean {
  const { requestsCarried = 0 } = error as { requestsCarried?: number }
  return requestsCarried > 1
}

/** The `code` of an error, such as ECONNREFUSED, or of the first in an aggregate (several addresses tried); may be empty. */
export function codeOf(error: Error): string {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0])
  return ''
}

function isTls(code: string): boolean {
  return (
    code.startsWith('ERR_TLS') ||
    code.startsWith('ERR_SSL') ||
    code.startsWith('CERT_') ||
    code.startsWith('UNABLE_TO_') ||
    code === 'EPROTO' ||
    code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ||
    code === 'SELF_SIGNED_CERT_IN_CHAIN'
  )
}
