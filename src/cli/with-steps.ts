import fastify from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { compose } from './compose.ts'
import type { ComposeOptions, Prepared } from './compose.ts'

/** Runs `work` with the steps loaded and the configuration checked, without a server; closes everything it opened. */
export async function withSteps<T>(
  options: ComposeOptions,
  work: (app: FastifyInstance, prepared: Prepared) => Promise<T>,
): Promise<T> {
  const loggerInstance: FastifyBaseLogger = options.log
  const app = fastify({ loggerInstance })
  const { prepare } = compose(options)
  try {
    return await work(app, await prepare(app))
  } finally {
    await app.close()
  }
}
