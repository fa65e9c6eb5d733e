import fastify from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { compose } from './compose.ts'
import type { ComposeOptions, Prepared } from './compose.ts'

/** Does something with the steps loaded and the configuration checked, without a server; closes all that was opened. */
export async function withSteps<T>(
  options: ComposeOptions,
  work: (app: FastifyInstance, prepared: Prepared) => Promise<T>,
): Promise<T> {
  const loggerInstance: FastifyBaseLogger = options.log
  const app = fastify({ loggerInstance })
  const composition = compose(options)
  try {
    await composition.prepare(app)
    return await work(app, composition.prepared())
  } finally {
    await app.close()
  }
}
