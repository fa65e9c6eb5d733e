import fastifyPlugin from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { defineWrapper, HulumanageError } from '../../src/contract/index.ts'
import { providerCall } from '../../src/chat/provider-call.ts'
import type { AnswerCache } from './cache.ts'

/**
 * The `cache` step: answers a repeated request (same client, chain and params) with the stored answer. Identical requests
 * that arrive at the same time share one call.
 */
export default fastifyPlugin(
  async (app: FastifyInstance) => {
    let opened: Promise<AnswerCache> | undefined
    /** Loads the code for the first request of a chain with this step: many servers have no such chain. */
    const open = (): Promise<AnswerCache> =>
      (opened ??= import('./cache.ts').then(
        ({ AnswerCache }) => new AnswerCache(app.store.values, app.currentConfig),
      ))
    app.steps.add(
      defineWrapper({
        name: 'cache',
        summary: 'Answers a repeated request with the stored answer',
        place: 'whole',
        wrap: next => async (request, call) => (await open()).answer(next, request, providerCall(call)),
      }),
    )
    app.delete('/cache', { config: { audience: 'operator', anyBody: true } }, async () => {
      const cache = await open()
      await cache.clear().catch(refuse)
      return { cleared: true }
    })
  },
  { name: 'cache' },
)

function refuse(cause: unknown): never {
  const message =
    'The shared store cannot be reached, so that the answers in it are not deleted; try again later'
  throw new HulumanageError('store_unavailable', message, { cause })
}
