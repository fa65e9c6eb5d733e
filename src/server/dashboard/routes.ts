import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'
import { HulumanageError } from '../../contract/index.ts'
import { description, descriptionForUsers } from '../routes/description.ts'
import { addRoute } from '../routes/route.ts'
import type { KeyCheck } from '../access/auth.ts'
import { EventStream } from '../stream/event-stream.ts'
import type { AdminListener } from '../admin/admin-listener.ts'
import type { LiveFeed } from './live-feed.ts'
import { pageFiles } from './page-files.ts'
import type { PageFile } from './page-files.ts'

/** The parts that the dashboard works with. */
interface DashboardOptions {
  readonly currentConfig: CurrentConfig
  readonly feed: LiveFeed
  readonly keys: KeyCheck
  /** The second address, if there is one: the page is there alone. */
  readonly admin: AdminListener | undefined
}

/** Whether a browser asks for a page to show, rather than a program for JSON. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true
}

/** Answers with the page; it holds no data, so that it needs no key. */
function sendPage(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { document, policy } = pageFiles()
  reply.header('content-security-policy', policy)
  reply.header('referrer-policy', 'no-referrer')
  return sendFile(request, reply, document)
}

/**
 * Adds `/`, which is the page for browsers and a description for programs; `/dashboard`, its files, and
 * `/dashboard/events`: a report of this server every second.
 */
export function addDashboardRoutes(
  app: FastifyInstance,
  { currentConfig, feed, keys, admin }: DashboardOptions,
): void {
  const isForUsers = (request: FastifyRequest) => admin !== undefined && !admin.has(request)
  const getsPage = (request: FastifyRequest) => wantsPage(request) && !isForUsers(request)
  const sendRoot: RouteHandlerMethod = (request, reply) => {
    reply.header('vary', 'accept')
    if (getsPage(request)) return sendPage(request, reply)
    return isForUsers(request) ? descriptionForUsers : description
  }
  addRoute(app, 'GET', '/', sendRoot, { public: getsPage, audience: 'everyone' })
  addRoute(app, 'GET', '/dashboard', sendPage, { public: true, isPage: true })
  addRoute(app, 'GET', '/dashboard/events', sendEvents({ currentConfig, feed, keys, admin }), {
    unlimited: true,
    audience: 'operator',
  })
  addRoute(
    app,
    'GET',
    '/dashboard/*',
    (request, reply) => {
      const file = pageFiles().parts.get((request.params as { '*': string })['*'])
      if (file) return sendFile(request, reply, file)
      throw new HulumanageError('unknown_url', 'The dashboard has no such file; GET /dashboard shows it')
    },
    { public: true, unlimited: true, isPage: true },
  )
}

function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { type, bytes, etag }: PageFile,
): FastifyReply {
  reply.header('etag', etag)
  reply.header('cache-control', 'no-cache')
  reply.header('x-content-type-options', 'nosniff')
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type(type).send(bytes)
}

/** Sends reports for as long as the key is one of a client that may see them: it may expire, or be taken back. */
function sendEvents({ currentConfig, feed, keys }: DashboardOptions): RouteHandlerMethod {
  return (request, reply) => {
    reply.header('content-type', 'text/event-stream; charset=utf-8')
    reply.header('cache-control', 'no-cache')
    reply.header('x-accel-buffering', 'no')
    reply.hijack()
    const events = new EventStream(reply.raw, currentConfig.value.heartbeat)
    events.open(reply.getHeaders() as OutgoingHttpHeaders)
    const unwatch = feed.watch({
      report: report => {
        const { allowed, role } = keys.check(request.headers)
        if (allowed && role !== 'user') events.writeLightly(`data: ${JSON.stringify(report)}\n\n`)
        else events.end('')
      },
      end: () => events.end(''),
    })
    reply.raw.once('close', unwatch)
  }
}
