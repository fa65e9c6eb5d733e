import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Access, KeyCheck } from './auth.ts'
import type { AdminListener } from '../admin/admin-listener.ts'
import type { InFlight } from '../in-flight.ts'
import { Exchange } from '../exchange.ts'
import type { ExchangeListener } from '../exchange.ts'
import type { LedgerView } from '../../ledger/ledger.ts'
import { RequestRecord } from '../ledger/record/request-record.ts'
import type { Tracing } from '../otel/tracing.ts'
import { checkLocalCaller } from './origin.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Accepts requests without a key, also while the server drains: all of them, or those that the function picks. */
    public?: boolean | ((request: FastifyRequest) => boolean)
  }
}

/** The parts that the request gate works with. */
export interface RequestGateOptions {
  readonly keys: KeyCheck
  readonly inFlight: InFlight
  /** The host that the server listens on. */
  readonly listenHost: () => string
  /** The second address, if there is one. */
  readonly admin: AdminListener | undefined
  readonly currentConfig: CurrentConfig
  readonly listener: ExchangeListener
  readonly ledger: LedgerView | undefined
  readonly tracing: Tracing | undefined
}

/**
 * Checks every request before its body is read: whether the client may use the server, and whether the request can be
 * served.
 */
export function addRequestGate(app: FastifyInstance, options: RequestGateOptions): void {
  const { keys, inFlight, listenHost, admin, currentConfig, listener, ledger, tracing } = options
  app.decorateRequest('exchange')
  app.addHook('onRequest', (request, reply, done) => {
    const exchange = new Exchange(request, reply, listener)
    request.exchange = exchange
    if (tracing) exchange.traceContext = tracing.begin(request.headers['traceparent'])
    const isTraced = exchange.traceContext?.sampled === true
    if (ledger?.value || isTraced)
      exchange.record = new RequestRecord(ledger?.texts, isTraced && tracing?.hasTexts)
    inFlight.add(exchange)
    reply.header('x-request-id', request.id)
    try {
      const open = isPublic(request)
      if (inFlight.draining) refuseWhileDraining(reply, open)
      if (!keys.required) {
        const host = admin?.has(request) ? admin.address.host : listenHost()
        checkLocalCaller(request.headers, host, currentConfig.value.cors_origins)
      }
      const access = keys.check(request.headers)
      exchange.allowed = access.allowed
      exchange.clientKey = access.clientKey
      exchange.tenant = access.tenant
      exchange.hasOthers = access.hasOthers === true
      if (access.allowed) exchange.named = access.client
      if (!access.allowed && !open) throw keyRefused(keys, access)
      if (admin?.hides(request)) throw hidden(request, access)
      if (access.role && !open) checkRole(access, request)
      if (keys.required) checkChange(access, request)
      refuseUpgrade(request, reply)
      checkRequest(request)
      done()
    } catch (error) {
      done(error as Error)
    }
  })
}

function isPublic(request: FastifyRequest): boolean {
  const { public: isOpen = false } = request.exchange.routeConfig
  return typeof isOpen === 'function' ? isOpen(request) : isOpen
}

function refuseWhileDraining(reply: FastifyReply, open: boolean): void {
  reply.header('connection', 'close')
  if (!open) throw new HulumanageError('draining', 'The server is shutting down; try another one')
}

/** Operators read about requests; users make them. */
function checkRole({ role, client }: Access, { exchange, is404, url }: FastifyRequest): void {
  const { audience = 'user' } = exchange.routeConfig
  if (is404 || audience === 'everyone' || audience === role) return
  const others = role === 'operator' ? 'users' : 'operators'
  throw new HulumanageError(
    'not_allowed',
    client
      ? `${pathOf(url)} is for ${others}, but the role of the client "${client.name}" is "${role}"`
      : `${pathOf(url)} is for ${others}, and \`clients\` names them; a key of \`api_keys\` is a user's`,
  )
}

/** Without an operator, a plain key may read what operators read, but it changes nothing: it belongs to one client of many. */
function checkChange({ client }: Access, { exchange, is404, method, url }: FastifyRequest): void {
  if (is404 || !exchange.routeConfig.changesServer || client?.role === 'operator') return
  throw new HulumanageError(
    'not_allowed',
    `${method} ${pathOf(url)} takes the key of an operator; hulumanage keys create NAME --role operator makes one`,
  )
}

function keyRefused({ headers }: KeyCheck, { client, isReplaced, isUncertain }: Access): HulumanageError {
  if (client) {
    const over = isReplaced
      ? 'was replaced by a newer one'
      : `has expired (${client.expires}); ask for a new one`
    return new HulumanageError('invalid_api_key', `The key of the client "${client.name}" ${over}`)
  }
  if (isUncertain) {
    const message = 'The key is not in the configuration, and the clients in the ledger cannot be read yet'
    return new HulumanageError('ledger_unavailable', message, { retryAfter: 5 })
  }
  const names = [...headers].join(', ')
  const message = `The key is missing or wrong; send it as "Authorization: Bearer KEY" or in one of the headers ${names}`
  return new HulumanageError('invalid_api_key', message)
}

/**
 * Answers a request for a websocket with 426, at which clients such as Codex fall back to plain requests at once. Other
 * upgrades (`h2c`) are offers that HTTP allows a server to ignore.
 */
function refuseUpgrade({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return
  reply.headers({ upgrade: 'HTTP/1.1', connection: 'close, upgrade' })
  throw new HulumanageError('upgrade_refused', 'This server speaks no websockets; send plain HTTP requests')
}

function checkRequest(request: FastifyRequest): void {
  const { is404, method, url, headers, raw } = request
  if (headers.host === undefined && raw.httpVersion !== '1.0')
    throw new HulumanageError('invalid_value', 'The request has no Host header')
  if (is404 || isStrayPreflight(request)) throw unknownUrl(method, url)
  const coding = headers['content-encoding']
  if (coding !== undefined && coding !== 'identity') {
    throw new HulumanageError('unsupported_media_type', 'The request body must not have a content-encoding')
  }
}

function unknownUrl(method: string, url: string): HulumanageError {
  const message = `There is no ${method} ${pathOf(url)}; GET / lists the endpoints`
  return new HulumanageError('unknown_url', message)
}

/** To users, an endpoint for operators at the first address is one that does not exist. */
function hidden({ method, url }: FastifyRequest, { allowed, role }: Access): HulumanageError {
  if (!allowed || role === 'user') return unknownUrl(method, url)
  const message = `${pathOf(url)} is at the address that \`admin\` in the configuration names, not here`
  return new HulumanageError('unknown_url', message)
}

/** Whether a request has reached only the route that `@fastify/cors` adds for preflights. */
function isStrayPreflight({ method, exchange }: FastifyRequest): boolean {
  return method === 'OPTIONS' && exchange.route === '*'
}

function pathOf(url: string): string {
  return url.split('?', 1)[0]!.slice(0, 200)
}
