import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { KeyCheck } from './auth.ts'
import { isStrayPreflight } from './cors.ts'
import type { InFlight } from '../in-flight.ts'
import { Exchange } from '../exchange.ts'
import type { ExchangeListener } from '../exchange.ts'
import { checkLocalCaller } from './origin.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a key, and while the server drains. */
    public?: boolean
  }
}

export interface GuardOptions {
  readonly keys: KeyCheck
  readonly inFlight: InFlight
  /** Where the server listens. */
  readonly listenHost: () => string
  readonly currentConfig: CurrentConfig
  readonly listener: ExchangeListener
}

/** Stands before every route, before a body is read: who may come in, and what is refused at the door. */
export function guard(app: FastifyInstance, options: GuardOptions): void {
  const { keys, inFlight, listenHost, currentConfig, listener } = options
  app.decorateRequest('exchange')
  app.addHook('onRequest', (request, reply, done) => {
    const exchange = new Exchange(request, reply, listener)
    request.exchange = exchange
    inFlight.add(exchange)
    reply.header('x-request-id', request.id)
    try {
      const open = request.routeOptions.config.public === true
      if (inFlight.draining) refuseWhileDraining(reply, open)
      if (!keys.required) checkLocalCaller(request.headers, listenHost(), currentConfig.value.cors_origins)
      const access = keys.check(request.headers)
      exchange.allowed = access.allowed
      exchange.clientKey = access.clientKey
      exchange.tenant = access.tenant
      if (!access.allowed && !open) throw keyRefused(keys)
      checkRequest(request)
      done()
    } catch (error) {
      done(error as Error)
    }
  })
}

function refuseWhileDraining(reply: FastifyReply, open: boolean): void {
  reply.header('connection', 'close')
  if (!open) throw new HulumanageError('draining', 'The server is shutting down; ask another one')
}

function keyRefused({ headers }: KeyCheck): HulumanageError {
  const others = [...headers].join(' or ')
  const message = `The key is missing or wrong; send it as "Authorization: Bearer KEY" or as ${others}`
  return new HulumanageError('invalid_api_key', message)
}

function checkRequest(request: FastifyRequest): void {
  const { is404, method, url, headers, raw } = request
  if (headers.host === undefined && raw.httpVersion !== '1.0')
    throw new HulumanageError('invalid_value', 'The request has no Host header')
  if (is404 || isStrayPreflight(request))
    throw new HulumanageError(
      'unknown_url',
      `There is no ${method} ${pathOf(url)}; GET / lists what there is`,
    )
  const coding = headers['content-encoding']
  if (coding !== undefined && coding !== 'identity') {
    throw new HulumanageError('unsupported_media_type', 'The request body must come without content-encoding')
  }
}

function pathOf(url: string): string {
  return url.split('?', 1)[0]!.slice(0, 200)
}
