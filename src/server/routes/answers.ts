import type { FastifyInstance } from 'fastify'
import type { Runner } from '../../chain/run.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { chat } from '../../dialects/chat.ts'
import { completions } from '../../dialects/completions.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { runAll } from '../combine.ts'
import { sendStream } from '../send-stream.ts'
import { sendWhole } from '../send.ts'
import { addRoute } from './route.ts'

export interface AnswerOptions {
  readonly currentConfig: CurrentConfig
  /** There from the moment that the app is ready. */
  readonly runner: () => Runner
}

/** The routes that models answer, each with and without `/v1`. */
export function answerRoutes(app: FastifyInstance, options: AnswerOptions): void {
  for (const prefix of ['/v1', '']) {
    answerRoute(app, `${prefix}/chat/completions`, chat, options)
    answerRoute(app, `${prefix}/completions`, completions, options)
  }
}

function answerRoute(
  app: FastifyInstance,
  url: string,
  dialect: Dialect,
  { currentConfig, runner: currentRunner }: AnswerOptions,
): void {
  let aliases: ReadonlySet<string> | undefined
  addRoute(app, 'POST', url, async (request, reply) => {
    const config = currentConfig.value
    aliases ??= new Set(app.steps.values().flatMap(step => Object.keys(step.aliases ?? {})))
    const { limits, model } = config
    const incoming = dialect.read(request.body, { bytes: request.bytes ?? undefined, aliases, limits, model })
    const runner = currentRunner()
    const { exchange } = request
    const run = () => runAll(runner, incoming.asked, exchange)
    const approach = () => runner.plan(incoming.asked[0]).text
    if (incoming.stream) await sendStream(exchange, incoming, run, { config, approach })
    else await sendWhole(exchange, incoming, run)
    return reply
  })
}
