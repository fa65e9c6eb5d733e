import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { Provider } from '../../providers/provider.ts'
import { mayName, withStoredIds } from '../../providers/responses/stored-response.ts'
import { readStoredId } from '../../text/stored-id.ts'
import type { SealedId, StoredId } from '../../text/stored-id.ts'
import { plainSeconds } from '../../attempt/options.ts'
import { callStored } from '../../attempt/stored-call.ts'
import type { Exchange } from '../exchange.ts'
import { keptFor } from '../kept/read-request.ts'
import { stallMs } from '../stream/event-stream.ts'

const methods = ['GET', 'POST', 'DELETE'] as const

/** The allowed requests about a response: the provider's key is used for nothing else. */
const allowedPaths: Readonly<Record<string, readonly string[]>> = {
  GET: ['', '/input_items'],
  POST: ['/cancel'],
  DELETE: [''],
}

/** Adds the routes for responses that a provider or this server keeps: read, list the input, cancel, delete. */
export function addStoredRoutes(app: FastifyInstance, url: string): void {
  app.route({
    method: [...methods],
    url,
    // A body is ignored. Some SDKs send an empty one.
    config: { anyBody: true, free: true },
    handler: async (request, reply) => {
      const path = (request.params as { '*': string })['*']
      const end = path.includes('/') ? path.indexOf('/') : path.length
      const stored = readStoredId(path.slice(0, end))
      const rest = path.slice(end)
      if (!allowedPaths[request.method]?.includes(rest)) throw noPath(request)
      if (!stored) {
        const { answerAboutOwn } = await import('../kept/own-response.ts')
        return await answerAboutOwn(request, keptFor(request), path.slice(0, end), rest)
      }
      const provider = providerOf(app, stored)
      await checkOwner(request, provider, stored, path.slice(0, end))
      await send(request, reply, provider, stored, rest + queryOf(request.url))
      return reply
    },
  })
}

function queryOf(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at)
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  provider: Provider,
  { id }: StoredId,
  rest: string,
): Promise<void> {
  const { exchange, server } = request
  const { timeouts, limits } = server.currentConfig.value
  const method = methods.find(one => one === request.method) ?? 'GET'
  const options = {
    requestId: exchange.id,
    clientKey: exchange.clientKey,
    key: provider.config.api_keys?.[0],
  }
  const outgoing = provider.storedCall(method, id, rest, options)
  const { contentType, body } = await callStored(provider, outgoing, {
    timeoutMs: (provider.config.timeout ?? timeouts.request ?? plainSeconds) * 1000,
    idleMs: timeouts.idle * 1000,
    totalMs: Math.min(timeouts.total, exchange.patience ?? Infinity) * 1000,
    limit: limits.response_bytes,
    signal: exchange.controller.signal,
    clientKey: exchange.clientKey,
    tenant: exchange.tenant,
    told: withStoredIds(provider.config, exchange, [id]),
  })
  // Longer than a provider may be silent: this limit is for clients that stop reading.
  if (typeof body !== 'string') reply.raw.setTimeout(stallMs + timeouts.idle * 1000)
  void reply
    .headers({ 'content-type': contentType, 'x-hulumanage-provider': provider.name })
    .send(typeof body === 'string' ? body : Readable.from(noting(exchange, body)))
}

/** The same events; the error that breaks them off is noted for the log and the metrics. */
async function* noting(exchange: Exchange, events: AsyncIterable<string>) {
  try {
    yield* events
  } catch (error) {
    exchange.failure ??= toHulumanageError(error).code
    throw error
  }
}

async function checkOwner(
  { exchange }: FastifyRequest,
  { config }: Provider,
  sealed: SealedId,
  id: string,
): Promise<void> {
  if (mayName(sealed, config, exchange)) return
  const { notFound } = await import('../kept/own-response.ts')
  throw notFound(id)
}

function providerOf({ pools }: FastifyInstance, { provider: name }: StoredId): Provider {
  for (const pool of pools) {
    const member = pool.get(name)
    if (member) return member.provider
  }
  throw new HulumanageError(
    'unknown_url',
    `The response is stored by the provider "${name}", which is not configured`,
  )
}

function noPath({ method, url }: FastifyRequest): HulumanageError {
  const path = url.split('?', 1)[0]!.slice(0, 200)
  return new HulumanageError('unknown_url', `There is no ${method} ${path}; GET / lists the endpoints`)
}
