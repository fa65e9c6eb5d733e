import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type * as undici from 'undici'
import { proxyFor } from './environment-proxy.ts'
import { forward } from './forward.ts'
import { tunnelConnector } from './tunnel.ts'
import { buildConnector, Pool } from './undici.ts'

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
 * Connections to one origin, through the HTTP proxy that the environment names for it, if any. Body and header clocks are off: an attempt has its own, which know events from comments.
 * Idle connections are left before most servers close them, so that few calls meet a connection that dies.
 */
export function createTransport(options: TransportOptions): undici.Dispatcher {
  const { origin } = options
  const proxy = proxyFor(origin)
  const isForwarded = proxy !== undefined && origin.startsWith('http:')
  const allowH2 = options.http2 === true && !isForwarded
  const useH2c = allowH2 && origin.startsWith('http:')
  const ca = options.caFile === undefined ? {} : { ca: readFileSync(options.caFile, 'utf8') }
  const direct = buildConnector({
    timeout: options.connectTimeoutMs,
    allowH2,
    // Its types do not know what a Pool without a connector of its own gives it.
    ...({ useH2c } as object),
    autoSelectFamily: true,
    // Bytes that a connection reads ahead of a slow reader, besides the packet that exceeds them.
    ...({ highWaterMark: 16 * 1024 } as object),
    ...ca,
  })
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
  }
  if (!proxy) return new Pool(origin, { ...settings, connect: tellingConnector(direct) })
  if (isForwarded)
    return forward(new Pool(proxy.url.origin, { ...settings, connect: tellingConnector(direct) }), proxy)
  const tunnel = tunnelConnector({ proxy, timeoutMs: options.connectTimeoutMs, ...ca, secure: direct })
  return new Pool(origin, { ...settings, connect: tellingConnector(tunnel) })
}

/** Requests that each connection has carried. */
const carried = new WeakMap<object, number>()

subscribe('undici:client:sendHeaders', message => {
  const { socket } = message as { socket: object }
  carried.set(socket, (carried.get(socket) ?? 0) + 1)
})

/** Connects as another connector does; errors of a connection tell how many requests it has carried, see `wasReused`. */
function tellingConnector(connect: undici.buildConnector.connector): undici.buildConnector.connector {
  return (target, callback) => {
    connect(target, (...result) => {
      const [, socket] = result
      socket?.on('error', error => Object.assign(error, { requestsCarried: carried.get(socket) }))
      callback(...result)
    })
  }
}
