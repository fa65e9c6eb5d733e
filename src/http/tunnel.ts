import type { Socket } from 'node:net'
import type * as undici from 'undici'
import type { HttpProxy } from './environment-proxy.ts'
import { nodeHttp, nodeHttps } from './node-http.ts'
import { TunnelError } from './tunnel-error.ts'
import { errors } from './undici.ts'

export interface TunnelOptions {
  readonly proxy: HttpProxy
  /** Milliseconds until the proxy has connected. */
  readonly timeoutMs: number
  /** Certificate authorities to trust, in PEM, for a proxy that speaks TLS. */
  readonly ca?: string | undefined
  /** Connects to the service through a socket that the proxy has connected to it. */
  readonly secure: undici.buildConnector.connector
}

/** Connects through an HTTP proxy, by `CONNECT`. */
export function tunnelConnector({ secure, ...options }: TunnelOptions): undici.buildConnector.connector {
  return (target, callback) => {
    openTunnel(`${target.hostname}:${target.port || '443'}`, options, opened => {
      if ('socket' in opened) secure({ ...target, httpSocket: opened.socket }, callback)
      else callback(opened.error, null)
    })
  }
}

/** Called once, with an error or with a socket that is connected to the target. */
type OnOpened = (opened: { readonly error: Error } | { readonly socket: Socket }) => void

function openTunnel(
  target: string,
  { proxy, timeoutMs, ca }: Omit<TunnelOptions, 'secure'>,
  done: OnOpened,
): void {
  const { url, authorization } = proxy
  const isSecure = url.protocol === 'https:'
  const connecting = (isSecure ? nodeHttps() : nodeHttp()).request({
    ...(ca === undefined ? {} : { ca }),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (isSecure ? 443 : 80),
    method: 'CONNECT',
    path: target,
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
    agent: false,
  })
  const timer = setTimeout(() => connecting.destroy(new errors.ConnectTimeoutError()), timeoutMs)
  const refusal = (status: number | undefined) =>
    new TunnelError(`The proxy ${url.host} answered CONNECT with status ${status}`)
  let isOver = false
  const end: OnOpened = opened => {
    clearTimeout(timer)
    if (!isOver) done(opened)
    isOver = true
  }
  connecting.on('error', error => end({ error }))
  connecting.once('response', ({ statusCode }) => connecting.destroy(refusal(statusCode)))
  connecting.once('connect', ({ statusCode }, socket: Socket) => {
    if (statusCode === 200) return end({ socket })
    socket.destroy()
    end({ error: refusal(statusCode) })
  })
  connecting.end()
}
