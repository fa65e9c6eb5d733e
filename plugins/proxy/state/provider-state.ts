import type { Config } from '../../../src/config/schema.ts'
import type { AttemptReport } from '../../../src/contract/index.ts'
import type { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { Member, ProviderPool } from '../pool/pool.ts'
import type { Store } from '../../../src/store/store.ts'
import { Breaker } from './breaker.ts'
import type { BreakerOptions, Status, Trial } from './breaker.ts'
import { parseBreakerNotice, parseKeyNotice } from './breaker-notice.ts'
import type { BreakerNotice } from './breaker-notice.ts'
import { KeyRing } from './key-ring.ts'
import type { KeyTurn, RingKey } from './key-ring.ts'
import { RateLimit } from './rate-limit.ts'

/** Weight of the newest latency in the running average. */
const smoothing = 0.2

/** Figures of one provider since the start. */
export interface Counts {
  requests: number
  failures: number
  /** Running average of the milliseconds to the head; undefined before the first answer. */
  latencyMs: number | undefined
}

/** How long others are told that a provider is out beyond the time it rests: until a probe has gone well. */
const untilProbedMs = 60_000
/** Others who were told something else before must hear that all is well, and nobody after them. */
const wellMs = 1_000

/**
 * Breaker, keys, rate limit and figures of each provider, by name: they outlive reloads that leave it as it was. Who
 * shares the store is told what is found out about providers and keys, and is heard.
 */
export class Guards {
  readonly #breakers = new Map<string, Breaker>()
  readonly #counts = new Map<string, Counts>()
  readonly #keys = new Map<string, KeyRing>()
  readonly #limits = new Map<string, RateLimit>()
  readonly #store: Store
  #config: Config

  constructor(config: Config, store: Store) {
    this.#config = config
    this.#store = store
  }

  /** Begins to hear what others find out; returns the way to stop. `onChange` is called when that changes anything. */
  listen(onChange: () => void): () => void {
    return this.#store.notices.subscribe((topic, text) => {
      this.#hear(topic.split('/'), text)
      onChange()
    })
  }

  /** Takes over a configuration. A provider that has changed starts anew, since the change may have mended it. */
  update(config: Config, pool: ProviderPool, changed: readonly string[]): void {
    this.#config = config
    const options = optionsOf(config)
    const now = performance.now()
    const isGone = (name: string) => !pool.get(name)
    const isNew = (name: string) => isGone(name) || changed.includes(name)
    drop(this.#breakers, isNew)
    drop(this.#keys, isNew)
    drop(this.#counts, isGone)
    drop(this.#limits, isGone)
    for (const breaker of this.#breakers.values()) breaker.configure(options)
    for (const [name, limit] of this.#limits)
      limit.configure(pool.get(name)?.provider.config.rate_limit ?? {}, now)
  }

  breaker(name: string): Breaker {
    let breaker = this.#breakers.get(name)
    if (!breaker) this.#breakers.set(name, (breaker = new Breaker(optionsOf(this.#config))))
    return breaker
  }

  counts(name: string): Counts {
    let counts = this.#counts.get(name)
    if (!counts) this.#counts.set(name, (counts = { requests: 0, failures: 0, latencyMs: undefined }))
    return counts
  }

  /** The keys that take turns; undefined where there is but one, or the client's own is sent. */
  keys({ name, provider }: Member): KeyRing | undefined {
    const { api_keys, forward_client_key } = provider.config
    if (!api_keys || forward_client_key) return undefined
    return this.#ring(name, api_keys)
  }

  #ring(name: string, secrets: readonly string[]): KeyRing {
    let ring = this.#keys.get(name)
    if (!ring) this.#keys.set(name, (ring = new KeyRing(secrets, key => this.#tellKey(name, key))))
    return ring
  }

  /** The limit that its calls are held to; undefined where there is none. */
  limit({ name, provider }: Member): RateLimit | undefined {
    const { rate_limit } = provider.config
    if (!rate_limit) return undefined
    let limit = this.#limits.get(name)
    if (!limit) {
      limit = new RateLimit(rate_limit, performance.now(), name, this.#store)
      this.#limits.set(name, limit)
    }
    return limit
  }

  beginProbe(name: string): void {
    this.breaker(name).beginProbe()
    this.tell(name)
  }

  /** Tells the others how the provider stands, if that has changed. */
  tell(name: string): void {
    const notice = this.breaker(name).takeNews(performance.now())
    if (!notice) return
    this.#store.notices.post(
      `provider/${encodeURIComponent(name)}`,
      JSON.stringify(notice),
      lifetimeOf(notice),
    )
  }

  #tellKey(name: string, { digest, restsUntil, strikes }: RingKey): void {
    const restMs = Math.max(0, restsUntil - performance.now())
    const topic = `key/${encodeURIComponent(name)}/${digest}`
    this.#store.notices.post(topic, JSON.stringify({ restMs, strikes }), Math.max(wellMs, restMs))
  }

  /** What makes no sense here is of another version, or of a provider that only others have. */
  #hear([about, encoded, digest = '']: readonly string[], text: string): void {
    const provider = this.#config.providers.find(({ name }) => encodeURIComponent(name) === encoded)
    if (!provider) return
    const { name, api_keys: keys } = provider
    const now = performance.now()
    if (about === 'provider') {
      const notice = parseBreakerNotice(text)
      if (notice) this.breaker(name).adopt(notice, now)
    } else if (about === 'key' && keys) {
      const notice = parseKeyNotice(text)
      if (notice) this.#ring(name, keys).adopt(digest, notice, now)
    }
  }

  /** Enters the end of a call. A failure that is the key's alone does not touch the provider while it has others. */
  settle(
    member: Member,
    trial: Trial,
    report: AttemptReport,
    failure: AttemptFailure | undefined,
    keyTurn?: KeyTurn,
  ): void {
    this.#enter(member, trial, report, failure, keyTurn)
    this.tell(member.name)
  }

  #enter(
    member: Member,
    trial: Trial,
    report: AttemptReport,
    failure: AttemptFailure | undefined,
    keyTurn: KeyTurn | undefined,
  ): void {
    const now = performance.now()
    const breaker = this.breaker(member.name)
    const counts = this.counts(member.name)
    const { track_errors, track_latency } = this.#config.monitoring
    counts.requests++
    if (!failure) {
      breaker.succeeded(now)
      keyTurn?.ring.succeeded(keyTurn.key, now - report.totalMs)
      if (track_latency) counts.latencyMs = average(counts.latencyMs, report.headMs)
      return
    }
    if (failure.counts) counts.failures++
    const otherKey = keyTurn?.ring.failed(keyTurn.key, failure, now)
    if (track_errors && !otherKey) breaker.failed(failure, trial, now)
    else breaker.ended(trial)
  }

  status(name: string): Status {
    return this.breaker(name).status(performance.now())
  }
}

function drop(map: Map<string, unknown>, where: (name: string) => boolean): void {
  for (const name of map.keys()) if (where(name)) map.delete(name)
}

function lifetimeOf({ open, openMs, limitedMs, models }: BreakerNotice): number {
  return Math.max(wellMs, open ? openMs + untilProbedMs : 0, limitedMs, ...Object.values(models))
}

function average(before: number | undefined, next: number): number {
  return before === undefined ? next : before + smoothing * (next - before)
}

function optionsOf({ routing, providers }: Config): BreakerOptions {
  return {
    threshold: routing.failure_threshold,
    cooldownMs: routing.cooldown * 1000,
    maxCooldownMs: routing.max_cooldown * 1000,
    alone: providers.length === 1,
  }
}
