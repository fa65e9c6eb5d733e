import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { TalliedCounter } from '../../metrics/tallied-counter.ts'
import { limitOf } from './endpoint-limit.ts'
import type { EndpointLimit } from './endpoint-limit.ts'
import { detach } from '../../time/background.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Not counted against `rate_limit`: for routes that monitor the server. */
    unlimited?: boolean
  }
}

/**
 * Limits each client to the `rate_limit` of the running configuration for each group of endpoints, and reports the
 * remainder in the headers of every answer. Runs after the request gate, which identifies the client, and before a body
 * is read.
 */
export function limitClients(
  app: FastifyInstance,
  currentConfig: CurrentConfig,
  refusals: TalliedCounter,
): void {
  const count = async (request: FastifyRequest, reply: FastifyReply, limit: EndpointLimit): Promise<void> => {
    const { group, requests, window } = limit
    // A reload keeps the counts.
    const key = `${clientOf(request)} ${group}`
    const { count: counted, endsInMs } = await app.store.windows.count(key, window * 1000)
    void reply.headers({
      'x-ratelimit-limit-requests': String(requests),
      'x-ratelimit-remaining-requests': String(Math.max(0, requests - counted)),
      'x-ratelimit-reset-requests': renderDuration(endsInMs),
    })
    if (counted <= requests) return
    refusals.add(1, request.exchange.named?.name ?? '', 'rate_limit')
    throw tooMany(limit, endsInMs)
  }
  app.addHook('onRequest', (request, reply, done) => {
    const { named, route, routeConfig } = request.exchange
    const configured = named?.rate_limit ?? currentConfig.value.rate_limit
    const limit = configured && !routeConfig.unlimited && limitOf(configured, route, request.url)
    if (limit) detach(callBack(count(request, reply, limit), done), 'counting a request')
    else done()
  })
}

/** Calls back when the work is done, with the error it threw, if any. */
async function callBack(work: Promise<void>, done: (error?: Error) => void): Promise<void> {
  let thrown: Error | undefined
  try {
    await work
  } catch (error) {
    thrown = error as Error
  }
  done(thrown)
}

/** Identifies a client by its name or the digest of its key, else by its address. */
function clientOf({ exchange, ip }: FastifyRequest): string {
  return exchange.tenant ?? ip
}

function tooMany({ group, requests, window }: EndpointLimit, waitMs: number): HulumanageError {
  const wait = renderDuration(waitMs)
  const message = `More than ${requests} requests to ${group} in ${renderDuration(window * 1000)}; try again in ${wait}`
  return new HulumanageError('rate_limit_exceeded', message, { retryAfter: waitMs / 1000 })
}

/** Renders milliseconds as OpenAI does: `20ms`, `8.64s`, `6m0s`. */
export function renderDuration(milliseconds: number): string {
  const rounded = Math.max(0, Math.ceil(milliseconds))
  if (rounded > 0 && rounded < 1000) return `${rounded}ms`
  const hours = Math.floor(rounded / 3_600_000)
  const minutes = Math.floor(rounded / 60_000) % 60
  const seconds = `${(rounded % 60_000) / 1000}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
