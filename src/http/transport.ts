import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type * as undici from 'undici'
import { buildConnector, envHttpProxyAgent, Pool } from './undici.ts'

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: string
  readonly connectTimeoutMs: number
  /** Most connections; absent: as many as there are calls. */
  readonly connections?: number | undefined
  /** Milliseconds an idle connection is kept. */
  readonly keepAliveMs: number
  /** Certificate authorities to trust, in PEM. */
  readonly caFile?: string | undefined
  /** Offers HTTP/2 in the TLS handshake; without TLS it is spoken at once, for there nothing is agreed upon. */
  readonly http2?: boolean
}

/**
 * Connections to one origin. Body and header clocks are off: an attempt has its own, which know events from comments.
 * Idle connections are left before most servers close them, so that few calls meet a connection that dies.
 */
export function createTransport(options: TransportOptions): undici.Dispatcher {
  const { http2: allowH2 = false } = options
  const useH2c = allowH2 && options.origin.startsWith('http:')
  const settings = {
    connections: options.connections ?? null,
    // Over HTTP/2 a connection carries as many calls as the provider allows.
    ...(allowH2 ? {} : { pipelining: 1 }),
    keepAliveTimeout: options.keepAliveMs,
    keepAliveTimeoutThreshold: 2_000,
    keepAliveMaxTimeout: Math.max(300_000, options.keepAliveMs),
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2,
    useH2c,
    connect: tellingConnector({
      timeout: options.connectTimeoutMs,
      allowH2,
      // Its types do not know what a Pool without a connector of its own gives it.
      ...({ useH2c } as object),
      autoSelectFamily: true,
      ...(options.caFile === undefined ? {} : { ca: readFileSync(options.caFile, 'utf8') }),
    }),
  }
  if (throughProxy(options.origin)) return envHttpProxyAgent(settings)
  return new Pool(options.origin, settings)
}

/** Requests that each connection has carried. */
const carried = new WeakMap<object, number>()

subscribe('undici:client:sendHeaders', message => {
  const { socket } = message as { socket: object }
  carried.set(socket, (carried.get(socket) ?? 0) + 1)
})

/** Connects as undici does; errors of a connection tell how many requests it has carried, see `wasReused`. */
function tellingConnector(options: undici.buildConnector.BuildOptions): undici.buildConnector.connector {
  const connect = buildConnector(options)
  return (target, callback) => {
    connect(target, (...result) => {
      const [, socket] = result
      socket?.on('error', error => Object.assign(error, { requestsCarried: carried.get(socket) }))
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
