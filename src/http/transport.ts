import { readFileSync } from 'node:fs'
import { buildConnector, EnvHttpProxyAgent, Pool } from 'undici'
import type { Dispatcher } from 'undici'

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: string
  readonly connectTimeoutMs: number
  /** Most connections; absent: as many as there are calls. */
  readonly connections?: number | undefined
  /** Certificate authorities to trust, in PEM. */
  readonly caFile?: string | undefined
}

/**
 * Connections to one origin. Body and header clocks are off: an attempt has its own, which know events from comments.
 * Idle connections are left after 4 s, before most servers close them, so that few calls meet a connection that dies.
 */
export function createTransport(options: TransportOptions): Dispatcher {
  const settings = {
    connections: options.connections ?? null,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    keepAliveTimeoutThreshold: 2_000,
    keepAliveMaxTimeout: 300_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: tellingConnector({
      timeout: options.connectTimeoutMs,
      allowH2: false,
      autoSelectFamily: true,
      ...(options.caFile === undefined ? {} : { ca: readFileSync(options.caFile, 'utf8') }),
    }),
  }
  return throughProxy(options.origin) ? new EnvHttpProxyAgent(settings) : new Pool(options.origin, settings)
}

/** Connects as undici does; errors of the sockets carry what was read, as undici's own do, so that a reused one is known. */
function tellingConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options)
  return (target, callback) => {
    connect(target, (...result) => {
      const [, socket] = result
      socket?.on('error', error => Object.assign(error, { socket: { bytesRead: socket.bytesRead } }))
      callback(...result)
    })
  }
}

/** Whether the environment names an HTTP proxy for this kind of address. Calls to this machine never take one. */
function throughProxy(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  if (/^(localhost|127\.|\[::1\])/.test(hostname)) return false
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  return names.some(name => process.env[name])
}
