import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import type { Runner } from '../../chain/run.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { chat } from '../../dialects/chat.ts'
import { completions } from '../../dialects/completions.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { embeddings } from '../../dialects/embeddings.ts'
import { countTokens, messages } from '../../dialects/messages.ts'
import { responses } from '../../dialects/responses.ts'
import { runAll } from '../combine.ts'
import { sendStream } from '../send-stream.ts'
import { sendWhole } from '../send.ts'
import { addRoute } from './route.ts'
import { storedRoutes } from './stored.ts'

export interface AnswerOptions {
  readonly currentConfig: CurrentConfig
  /** There from the moment that the app is ready. */
  readonly runner: () => Runner
}

/** The routes that models answer, each with and without `/v1`. */
export function answerRoutes(app: FastifyInstance, options: AnswerOptions): void {
  const aliases = lazily(() => new Set(app.steps.values().flatMap(step => Object.keys(step.aliases ?? {}))))
  for (const prefix of ['/v1', '']) {
    answerRoute(app, `${prefix}/chat/completions`, chat, aliases, options)
    answerRoute(app, `${prefix}/completions`, completions, aliases, options)
    answerRoute(app, `${prefix}/embeddings`, embeddings, aliases, options)
    answerRoute(app, `${prefix}/messages`, messages, aliases, options)
    answerRoute(app, `${prefix}/responses`, responses, aliases, options)
    storedRoutes(app, `${prefix}/responses/*`)
    countRoute(app, `${prefix}/messages/count_tokens`, aliases, options)
  }
}

function answerRoute(
  app: FastifyInstance,
  url: string,
  dialect: Dialect,
  aliases: Aliases,
  { currentConfig, runner: currentRunner }: AnswerOptions,
): void {
  const handler: RouteHandlerMethod = async (request, reply) => {
    const config = currentConfig.value
    const { limits, model } = config
    const bytes = request.bytes ?? undefined
    const incoming = dialect.read(request.body, { bytes, aliases: aliases(), limits, model })
    const runner = currentRunner()
    const { exchange } = request
    const run = () => runAll(runner, incoming.asked, exchange)
    const approach = () => runner.plan(incoming.asked[0]).text
    if (dialect.requestIdHeader) reply.header(dialect.requestIdHeader, request.id)
    if (incoming.stream) await sendStream(exchange, incoming, run, { config, approach })
    else await sendWhole(exchange, incoming, run, config)
    return reply
  }
  addRoute(app, 'POST', url, handler, { dialect })
}

function countRoute(
  app: FastifyInstance,
  url: string,
  aliases: Aliases,
  { currentConfig }: AnswerOptions,
): void {
  const handler: RouteHandlerMethod = ({ body, id }, reply) => {
    void reply.header('request-id', id)
    return countTokens(body, { aliases: aliases(), model: currentConfig.value.model })
  }
  addRoute(app, 'POST', url, handler, { dialect: messages })
}

/** Top-level fields that are params of steps, known once the steps are loaded. */
type Aliases = () => ReadonlySet<string>

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
