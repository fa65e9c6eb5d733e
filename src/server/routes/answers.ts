import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Runner } from '../../chain/run/runner.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { chat } from '../../dialects/chat.ts'
import type { Conventions, Dialect, Incoming, ReadOptions } from '../../dialects/dialect.ts'
import { messagesConventions } from '../../dialects/messages/conventions.ts'
import { runAll } from '../combine.ts'
import { sendStream } from '../stream/send-stream.ts'
import { sendWhole } from '../send.ts'
import { loadedOnce } from '../../time/loaded-once.ts'
import { answerPaths } from '../paths/answer-paths.ts'
import { addCountRoutes } from './counts.ts'
import { addPassThroughRoutes } from './pass-through.ts'
import { readResponsesRequest } from '../kept/read-request.ts'
import { prefixes } from './prefixes.ts'
import { addRoute } from './route.ts'
import { addStoredRoutes } from './stored.ts'

/** The parts of the server that answer requests. */
export interface AnswerOptions {
  readonly currentConfig: CurrentConfig
  /** Available once the app is ready. */
  readonly runner: () => Runner
}

interface Endpoint {
  readonly path: string
  /** Only the dialect that most clients speak is loaded at the start, the others for their first request. */
  readonly load: () => Dialect | Promise<Dialect>
  readonly conventions?: Conventions
}

const endpoints: readonly Endpoint[] = [
  { path: answerPaths.chat, load: () => chat },
  {
    path: answerPaths.completions,
    load: async () => (await import('../../dialects/completions.ts')).completions,
  },
  {
    path: answerPaths.embeddings,
    load: async () => (await import('../../dialects/embeddings.ts')).embeddings,
  },
  {
    path: answerPaths.messages,
    load: async () => (await import('../../dialects/messages/messages.ts')).messages,
    conventions: messagesConventions,
  },
  {
    path: answerPaths.responses,
    load: async () => (await import('../../dialects/responses/responses.ts')).responses,
  },
]

/** Adds the routes that models answer, at each of the prefixes. */
export function addAnswerRoutes(app: FastifyInstance, options: AnswerOptions): void {
  const aliases = lazily(() => new Set(app.steps.values().flatMap(step => Object.keys(step.aliases ?? {}))))
  for (const prefix of prefixes) {
    for (const endpoint of endpoints) addAnswerRoute(app, prefix, endpoint, aliases, options)
    addStoredRoutes(app, `${prefix}/responses/*`)
    addCountRoutes(app, prefix, aliases, options)
  }
  addPassThroughRoutes(app, aliases, options)
}

function addAnswerRoute(
  app: FastifyInstance,
  prefix: string,
  { path, load, conventions = {} }: Endpoint,
  aliases: Aliases,
  { currentConfig, runner: currentRunner }: AnswerOptions,
): void {
  let dialect: Dialect | undefined
  const handler: RouteHandlerMethod = async (request, reply) => {
    dialect ??= await load()
    const config = currentConfig.value
    const { limits, model: defaultModel, stream_usage: usage } = config
    const bytes = request.bytes ?? undefined
    const options = { bytes, aliases: aliases(), limits, defaultModel, streamUsage: usage === 'always' }
    const read = readRequest(dialect, request, options)
    const incoming = read instanceof Promise ? await read : read
    const { requests, stream } = incoming
    const runner = currentRunner()
    const { exchange } = request
    const [first, ...others] = requests
    exchange.model = first.request.model
    const run = () => (others.length > 0 ? runAll(runner, requests, exchange) : runner.run(first, exchange))
    if (conventions.requestIdHeader) reply.header(conventions.requestIdHeader, request.id)
    if (stream) await sendStream(exchange, incoming, run, { config, approach: runner.plan(first).text })
    else await sendWhole(exchange, incoming, run, config)
    return reply
  }
  addRoute(app, 'POST', `${prefix}${path}`, handler, { conventions })
}

/** Reads a request, together with what this server keeps for its client. */
function readRequest(
  dialect: Dialect,
  request: FastifyRequest,
  options: ReadOptions,
): Incoming | Promise<Incoming> {
  if (dialect.name === 'responses') return readResponsesRequest(dialect, request, options)
  if (dialect.name !== 'chat' || !offersTools(request.body)) return dialect.read(request.body, options)
  return readChatOfAgent(dialect, request, options)
}

const loadChatsOfAgents = loadedOnce(() => import('../kept/read-chat.ts'))

async function readChatOfAgent(...read: Parameters<typeof readResponsesRequest>): Promise<Incoming> {
  const { readChatWithTools } = await loadChatsOfAgents()
  return await readChatWithTools(...read)
}

function offersTools(body: unknown): boolean {
  const { tools } = (body ?? {}) as { readonly tools?: unknown }
  return Array.isArray(tools) && tools.length > 0
}

/** Top-level fields that set params of steps; known once the steps are loaded. */
type Aliases = () => ReadonlySet<string>

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
