import fastifyPlugin from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { defineWrapper } from '../../src/contract/index.ts'
import type { AnswerCache } from './cache.ts'

/**
 * The `cache` step: a request that came before, with the same chain and params from the same client, gets the answer that
 * was given then. Those that come at the same time share one call.
 */
export default fastifyPlugin(
  async (app: FastifyInstance) => {
    let opened: Promise<AnswerCache> | undefined
    /** Made for the first request of a chain with this step, and the code is loaded then: many servers have no such chain. */
    const cache = (): Promise<AnswerCache> =>
      (opened ??= import('./cache.ts').then(
        ({ AnswerCache }) => new AnswerCache(app.store.values, app.currentConfig),
      ))
    app.steps.add(
      defineWrapper({
        name: 'cache',
        summary: 'Answers a request that came before with the answer it got then',
        place: 'whole',
        wrap: next => async (request, call) => (await cache()).answer(next, request, call),
      }),
    )
    app.delete('/cache', async () => {
      await (await cache()).clear()
      return { cleared: true }
    })
  },
  { name: 'cache' },
)
