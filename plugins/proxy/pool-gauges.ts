import type { ConfigView } from '../../src/config/current.ts'
import { queueWaiting, ReadGauge } from '../../src/metrics/gauge.ts'
import type { GaugeOptions, Reading } from '../../src/metrics/gauge.ts'
import type { Metric } from '../../src/metrics/metric.ts'
import type { Member } from './pool/member.ts'
import type { Balancer } from './selection/balancer.ts'

/** A gauge with a value for each provider that has one. */
function perProvider(
  balancer: Balancer,
  options: Omit<GaugeOptions, 'labels' | 'read'>,
  valueOf: (member: Member) => number | undefined,
): Metric {
  const read = () =>
    balancer.pool.members.flatMap((member): Reading[] => {
      const value = valueOf(member)
      return value === undefined ? [] : [[value, member.name]]
    })
  return new ReadGauge({ ...options, labels: ['provider'], read })
}

/** Gauges of the providers and of the queue in front of them. */
export function poolGauges(balancer: Balancer, currentConfig: ConfigView): readonly Metric[] {
  return [...providerGauges(balancer), ...queueGauges(balancer, currentConfig)]
}

function providerGauges(balancer: Balancer): readonly Metric[] {
  return [
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_up',
        help: 'Whether a provider works; 0: it rests, or waits for a probe',
        combine: 'min',
      },
      ({ state }) => (state.status === 'unhealthy' ? 0 : 1),
    ),
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_drained',
        help: 'Whether an operator has drained a provider, so that it gets no calls, up or not',
        combine: 'max',
      },
      ({ drain }) => (drain ? 1 : 0),
    ),
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_models_resting',
        help: 'Models that get no calls at a provider, although it is up',
        combine: 'max',
      },
      restingModels,
    ),
    perProvider(
      balancer,
      { name: 'hulumanage_provider_active', help: 'Calls that run at a provider' },
      ({ active }) => active,
    ),
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_limit',
        help: 'Maximum concurrent calls to a provider, if it has one (max_concurrent)',
        combine: 'max',
      },
      ({ maxConcurrent }) => maxConcurrent,
    ),
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_adaptive_limit',
        help: 'Concurrent calls that the rejections of a provider allow now, if its limit adapts (adaptive_concurrency); summed over workers',
      },
      ({ ownLimit }) => ownLimit,
    ),
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_keys',
        help: 'Keys of a provider that take turns, if it has several',
        combine: 'max',
      },
      ({ state }) => state.keys?.total,
    ),
    perProvider(
      balancer,
      {
        name: 'hulumanage_provider_keys_usable',
        help: 'Keys of a provider that are not set aside, if it has several',
        combine: 'min',
      },
      ({ state }) => state.keys?.usable(performance.now()),
    ),
  ]
}

/** Models that failed or are limited. One that the provider lacks does not count: it may never have had it. */
function restingModels({ state }: Member): number {
  const { models, rests } = state.breaker.notice(performance.now())
  const out = Object.entries(models).filter(([, { cause }]) => cause !== undefined)
  const limited = Object.entries(rests).filter(([, { reason }]) => reason !== 'model')
  return new Set([...out, ...limited].map(([model]) => model)).size
}

function queueGauges({ slots }: Balancer, currentConfig: ConfigView): readonly Metric[] {
  return [
    new ReadGauge({
      name: 'hulumanage_calls_active',
      help: 'Calls that run at all providers',
      read: () => [[slots.running]],
    }),
    new ReadGauge({
      name: 'hulumanage_calls_limit',
      help: 'Maximum concurrent calls to all providers (queue.max_concurrent)',
      read: () => [[currentConfig.value.queue.max_concurrent]],
    }),
    new ReadGauge({
      name: queueWaiting,
      help: 'Calls that wait for a provider',
      read: () => [[slots.waiting]],
    }),
    new ReadGauge({
      name: 'hulumanage_queue_limit',
      help: 'Maximum calls that may wait for a provider (queue.max_waiting)',
      read: () => [[currentConfig.value.queue.max_waiting]],
    }),
  ]
}
