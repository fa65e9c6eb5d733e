import fastifyPlugin from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { defineWrapper, HulumanageError } from '../../src/contract/index.ts'
import type { Config } from '../../src/config/schema.ts'
import { ProviderPool } from './pool/pool.ts'
import type { Member } from './pool/pool.ts'
import { Slots } from './pool/slots.ts'
import type { Strategy } from '../../src/contract/strategy.ts'
import { Alarm } from './selection/wake-timer.ts'
import { failover } from './failover.ts'
import type { Surroundings } from './selection/balancer.ts'
import { Guards } from './state/provider-state.ts'
import { HealthChecks } from './health-checks.ts'
import { strategies } from './selection/strategies.ts'
import { healthSummary, providerReports } from './report.ts'
import { realPacing } from './retry.ts'
import { didYouMean } from '../../src/text/did-you-mean.ts'

/**
 * The `proxy` step: every model call goes to one of the configured providers, chosen by the routing strategy, and on to
 * the next where it fails. Without providers it leads to the default upstream.
 */
export default fastifyPlugin(
  async (app: FastifyInstance) => {
    for (const [name, strategy] of Object.entries(strategies)) app.strategies.add(name, strategy)
    const around = surroundingsOf(app)
    const poke = () => around.slots.poke()
    const checks = new HealthChecks({ ...around, log: app.log as never, onChange: poke })

    app.steps.add(
      defineWrapper({
        name: 'proxy',
        summary: 'Balances each model call over the configured providers and fails over',
        place: 'leaf',
        wrap: next => (request, call) =>
          around.pool.members.length === 0 ? next(request, call) : failover(request, call, around),
      }),
    )
    app.get('/providers', async () => ({
      strategy: app.currentConfig.value.routing.strategy,
      providers: providerReports(around),
    }))
    app.pools.add(around.pool)
    app.healthSections.set('providers', () => healthSummary(around))

    const stopListening = [app.store.onRoom(poke)]
    const unsubscribe = app.currentConfig.subscribe(config => {
      around.guards.update(config, around.pool, around.pool.update(config))
      around.slots.poke()
      checks.restart()
    })
    // Other plugins may bring the kind or the strategy that the configuration names: both are looked up when all are in.
    app.addHook('onReady', async () => {
      const config = app.currentConfig.value
      around.strategyOf(config)
      around.guards.update(config, around.pool, around.pool.update(config))
      stopListening.push(around.guards.listen(poke))
      checks.restart()
    })
    app.addHook('onClose', async () => {
      unsubscribe()
      for (const stop of stopListening) stop()
      checks.stop()
      await around.pool.close()
    })
  },
  { name: 'proxy' },
)

function surroundingsOf(app: FastifyInstance): Surroundings {
  const slots = new Slots<Member>(() => app.currentConfig.value.queue)
  return {
    pool: new ProviderPool(app.providers, app.store),
    guards: new Guards(app.currentConfig.value, app.store),
    slots,
    alarm: new Alarm(() => slots.poke()),
    pacing: realPacing,
    memory: new Map(),
    currentConfig: app.currentConfig,
    strategyOf: config => strategyOf(app, config),
  }
}

function strategyOf(app: FastifyInstance, { routing }: Config): Strategy {
  const strategy = app.strategies.get(routing.strategy)
  if (strategy) return strategy
  const names = app.strategies.names()
  const known = didYouMean(routing.strategy, names) ?? `known are ${names.join(', ')}`
  throw new HulumanageError('config_invalid', `routing.strategy: no strategy "${routing.strategy}"; ${known}`)
}
