import fastifyPlugin from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { defineWrapper, HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import type { Config } from '../../src/config/schema.ts'
import type { Strategy } from '../../src/contract/strategy.ts'
import { providerCall } from '../../src/chat/provider-call.ts'
import { didYouMean } from '../../src/text/did-you-mean.ts'
import { joinedReports } from './joined-reports.ts'
import { ProviderPool } from './pool/pool.ts'
import { addDrainRoutes } from './drain-routes.ts'
import { failover } from './failover.ts'
import { poolGauges } from './pool-gauges.ts'
import { hasFallbacks, sendWithFallbacks } from './fallback-models.ts'
import { HealthChecks } from './health-checks.ts'
import { healthSummary, providerReports } from './report.ts'
import { Balancer } from './selection/balancer.ts'
import { strategies } from './selection/strategies.ts'

/**
 * The `proxy` step: sends every model call to one of the configured providers, chosen by the routing strategy, and on to
 * the next if it fails. Without providers, calls go to the default upstream.
 */
export default fastifyPlugin(
  async (app: FastifyInstance) => {
    for (const [name, strategy] of Object.entries(strategies)) app.strategies.add(name, strategy)
    const { currentConfig, log, store } = app
    const pool = new ProviderPool(app.providers, store, log)
    const balancer = new Balancer(pool, currentConfig, config => findStrategy(app, config))
    const poke = () => balancer.slots.poke()
    const checks = new HealthChecks({ pool, currentConfig, log, onChange: poke })

    app.steps.add(
      defineWrapper({
        name: 'proxy',
        summary: 'Balances each model call over the configured providers and fails over',
        place: 'leaf',
        wrap: next => (request, publicCall) => {
          if (pool.members.length === 0) return next(request, publicCall)
          const call = providerCall(publicCall)
          if (!hasFallbacks(call.request.config, request.model)) return failover(request, call, balancer)
          const send = (sent: ChatRequest) => failover(sent, call, balancer)
          const isTooLong = (sent: ChatRequest) => balancer.fitsNowhere(balancer.route(sent, call))
          const works = (sent: ChatRequest) => balancer.works(balancer.route(sent, call))
          return sendWithFallbacks(request, call, { send, isTooLong, works })
        },
      }),
    )
    const reports = app.fleet.gather('providers', () => providerReports(pool, currentConfig.value))
    app.get('/providers', { config: { audience: 'operator' } }, async () => ({
      strategy: currentConfig.value.routing.strategy,
      providers: joinedReports(await reports()),
    }))
    addDrainRoutes(app, { pool, currentConfig, reports, onChange: poke })
    app.pools.add(pool)
    app.healthSections.set('providers', () => healthSummary(pool))
    for (const metric of [...balancer.figures.metrics, ...poolGauges(balancer, currentConfig)])
      app.metrics.add(metric)

    const unsubscribe = [
      store.onRoom(poke),
      currentConfig.subscribe(config => {
        pool.update(config)
        poke()
        checks.restart()
      }),
    ]
    // The kind or the strategy that the configuration names may come from another plugin: look them up when all are loaded.
    app.addHook('onReady', async () => {
      findStrategy(app, currentConfig.value)
      pool.update(currentConfig.value)
      unsubscribe.push(pool.listen(poke))
      checks.restart()
    })
    app.addHook('onClose', async () => {
      for (const end of unsubscribe) end()
      checks.stop()
      await pool.close()
    })
  },
  { name: 'proxy' },
)

function findStrategy(app: FastifyInstance, { routing }: Config): Strategy {
  const strategy = app.strategies.get(routing.strategy)
  if (strategy) return strategy
  const names = app.strategies.names()
  const hint = didYouMean(routing.strategy, names) ?? `known are ${names.join(', ')}`
  throw new HulumanageError('config_invalid', `routing.strategy: no strategy "${routing.strategy}"; ${hint}`)
}
