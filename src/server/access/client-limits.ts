import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Not counted against `rate_limit`, as is right for what watches the server. */
    unlimited?: boolean
  }
}

type ClientLimit = NonNullable<Config['rate_limit']>

/**
 * Holds each client to the `rate_limit` of the running configuration at each group of endpoints, and tells it in the
 * headers of every answer how much is left. Comes after the guard, which knows the client, and before a body is read.
 */
export function limitClients(app: FastifyInstance, currentConfig: CurrentConfig): void {
  const countIn = async (request: FastifyRequest, reply: FastifyReply, limit: ClientLimit): Promise<void> => {
    const group = groupOf(request.exchange.route)
    const { requests, window } = limit
    // A reload keeps what was counted.
    const key = `${clientOf(request)} ${group}`
    const { count, endsInMs } = await app.store.windows.count(key, window * 1000)
    void reply.headers({
      'x-ratelimit-limit-requests': String(requests),
      'x-ratelimit-remaining-requests': String(Math.max(0, requests - count)),
      'x-ratelimit-reset-requests': renderDuration(endsInMs),
    })
    if (count > requests) throw tooMany(limit, group, endsInMs)
  }
  app.addHook('onRequest', (request, reply, done) => {
    const limit = currentConfig.value.rate_limit
    if (!limit || request.routeOptions.config.unlimited) done()
    else void tellEnd(countIn(request, reply, limit), done)
  })
}

/** Calls back when the work is done, with what it threw. */
async function tellEnd(work: Promise<void>, done: (error?: Error) => void): Promise<void> {
  let thrown: Error | undefined
  try {
    await work
  } catch (error) {
    thrown = error as Error
  }
  done(thrown)
}

/** The key that let a client in, or where it comes from. */
function clientOf({ exchange, ip }: FastifyRequest): string {
  return exchange.tenant ?? ip
}

/** One group for a path with and without `/v1`, and for all that is below it by an id. */
function groupOf(route: string): string {
  return route.replace(/^\/v1(?=\/)/, '').replace(/\/[:*].*$/, '')
}

function tooMany({ requests, window }: ClientLimit, group: string, waitMs: number): HulumanageError {
  const wait = renderDuration(waitMs)
  const message = `More than ${requests} requests to ${group} in ${renderDuration(window * 1000)}; try again in ${wait}`
  return new HulumanageError('rate_limit_exceeded', message, { retryAfter: waitMs / 1000 })
}

/** Milliseconds as OpenAI prints durations: `20ms`, `8.64s`, `6m0s`. */
export function renderDuration(milliseconds: number): string {
  const rounded = Math.max(0, Math.ceil(milliseconds))
  if (rounded > 0 && rounded < 1000) return `${rounded}ms`
  const hours = Math.floor(rounded / 3_600_000)
  const minutes = Math.floor(rounded / 60_000) % 60
  const seconds = `${(rounded % 60_000) / 1000}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
