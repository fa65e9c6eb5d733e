import { priceOf } from '../../../src/config/sections/price.ts'
import type { Price } from '../../../src/config/sections/price.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import type { Leases } from '../../../src/store/store.ts'
import type { ProviderState } from '../state/provider-state.ts'
import type { CallToPlace } from '../../../src/contract/strategy.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import type { Drain } from './drains.ts'
import { Latencies } from './latencies.ts'
import type { SlotOwner } from './slots.ts'

/** A provider in the pool, with everything that is known about it. It survives reloads for as long as its name does. */
export class Member implements SlotOwner {
  provider: Provider
  state: ProviderState
  /** Position in the configuration. */
  order: number
  active = 0
  /** Names of the models that the provider lists itself; empty until it has been asked. */
  listed: readonly string[] = []
  /** When they were asked for, on the clock of `performance.now()`. */
  listedAt: number | undefined
  readonly leases: Leases
  /** Set while an operator has taken it out of service: it gets no calls. */
  drain: Drain | undefined
  /** Follows the rejections of the provider; undefined unless that is configured. */
  adaptiveLimit: AdaptiveLimit | undefined
  #latencies: Latencies | undefined

  constructor(provider: Provider, state: ProviderState, order: number, leases: Leases) {
    this.provider = provider
    this.state = state
    this.order = order
    this.leases = leases
    this.adaptiveLimit = limitOf(provider)
  }

  /** Records the models that the provider listed at `now`. */
  list(models: readonly string[], now: number): void {
    this.listed = models
    this.listedAt = now
  }

  get name(): string {
    return this.provider.name
  }

  /** A weight of 0 counts as 1 here: such a provider is a candidate only among others with 0, which share equally. */
  get weight(): number {
    return (this.provider.config.weight || 1) * this.share
  }

  get share(): number {
    const { slowStart } = this.state.breaker
    return slowStart.hasBegun ? slowStart.shareAt(performance.now()) : 1
  }

  get rateLeft(): number {
    return this.state.rateLimit?.leftAt(performance.now()) ?? 1
  }

  latencyMs(call: CallToPlace): number | undefined {
    return this.#latencies?.expected(call, performance.now())
  }

  price({ model }: CallToPlace): Price | undefined {
    return priceOf(this.provider.config, this.provider.modelFor(model))
  }

  /** Records the time to the first content of a call, or the time in which there was none. */
  measured(call: CallToPlace, milliseconds: number): void {
    this.#latencies ??= new Latencies()
    this.#latencies.record(call, milliseconds, performance.now())
  }

  /** Forgets what was measured: a reload has replaced the provider. */
  forgetMeasurements(): void {
    this.#latencies = undefined
    this.adaptiveLimit = limitOf(this.provider)
  }

  /** Whether it gets no calls while another provider serves the model. */
  get isLastChoice(): boolean {
    return this.provider.config.weight === 0
  }

  /** Each server finds its own limit: its calls alone would be too few to raise one that all share. */
  get ownLimit(): number | undefined {
    return this.adaptiveLimit?.current
  }

  get maxConcurrent(): number | undefined {
    return this.provider.config.max_concurrent
  }
}

function limitOf({ config }: Provider): AdaptiveLimit | undefined {
  const { adaptive_concurrency: adaptive, max_concurrent: max } = config
  return adaptive && new AdaptiveLimit(adaptive, max)
}
