import type { Config } from '../../src/config/schema.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { Member } from '../../src/upstream/pool.ts'
import { hasRoom } from '../../src/upstream/slots.ts'
import type { Lease } from '../../src/upstream/slots.ts'
import type { Strategy } from '../../src/upstream/strategy.ts'
import type { Surroundings } from './surroundings.ts'

/** Thrown out of a wait when nobody is left to wait for. */
const nobodyLeft = new Error('no provider is left')

/** The way of one request through the providers: who has been asked, who is next, and how long a full one is waited for. */
export class Search {
  readonly #model: string
  readonly #signal: AbortSignal
  readonly #config: Config
  readonly #around: Surroundings
  readonly #strategy: Strategy
  readonly #asked = new Set<Member>()
  /** Full providers that were waited for long enough. */
  readonly #passed = new Set<Member>()
  #probe = false
  #fallback = false
  readonly #queueEnd: number

  constructor(model: string, signal: AbortSignal, config: Config, around: Surroundings) {
    this.#model = model
    this.#signal = signal
    this.#config = config
    this.#around = around
    this.#strategy = around.strategyOf(config)
    this.#queueEnd = performance.now() + config.queue.timeout * 1000
  }

  /** Whether the provider just given is asked to see if it has recovered. */
  get isProbe(): boolean {
    return this.#probe
  }

  /** Why the provider just given was chosen. */
  get reason(): string {
    if (this.#probe) return 'probe'
    const choice = this.#fallback ? 'fallback_only' : this.#config.routing.strategy
    return this.#asked.size > 1 ? `${choice} after ${this.#asked.size - 1} failed` : choice
  }

  /** The next provider if it has a slot now and nobody waits for one. */
  tryNext(): Lease<Member> | undefined {
    if (this.#around.slots.waiting > 0) return undefined
    try {
      return this.#began(this.#around.slots.tryTake(this.#chooser(this.#strategy.waits === true)))
    } catch (error) {
      if (error === nobodyLeft) return undefined
      throw error
    }
  }

  /** The next provider, after waiting for a slot where all are taken. Undefined when none is left. */
  async next(): Promise<Lease<Member> | undefined> {
    try {
      if (this.#strategy.waits) {
        const preferred = await this.#waitForPreferred()
        if (preferred) return preferred
      }
      return this.#began(await this.#wait(this.#chooser(false), this.#queueEnd - performance.now()))
    } catch (error) {
      if (error === nobodyLeft) return undefined
      throw error
    }
  }

  /** Providers that may serve the model, asked or not. */
  get suitable(): readonly Member[] {
    return this.#around.pool.members.filter(member => member.provider.serves(this.#model))
  }

  /** Waits for the preferred provider, then for the one after it, each up to `slot_wait`. */
  async #waitForPreferred(): Promise<Lease<Member> | undefined> {
    for (;;) {
      const preferred = this.#strategy.pick(this.#candidates(), this.#around.memory) as Member
      if (this.#passed.has(preferred)) return undefined
      const waitMs = Math.min(this.#config.routing.slot_wait * 1000, this.#queueEnd - performance.now())
      const chooser = () =>
        this.#candidates().includes(preferred) && hasRoom(preferred) ? preferred : this.#skip(preferred)
      const lease =
        this.#around.slots.tryTake(chooser) ?? (await this.#around.slots.take(chooser, waitMs, this.#signal))
      if (lease) return this.#began(lease)
      this.#passed.add(preferred)
    }
  }

  #skip(preferred: Member): undefined {
    if (!this.#candidates().includes(preferred)) this.#passed.add(preferred)
    return undefined
  }

  async #wait(choose: () => Member | undefined, waitMs: number): Promise<Lease<Member>> {
    const { slots } = this.#around
    const free = slots.waiting === 0 ? slots.tryTake(choose) : undefined
    const lease = free ?? (await slots.take(choose, Math.max(0, waitMs), this.#signal))
    if (lease) return lease
    const seconds = this.#config.queue.timeout
    throw new HulumanageError(
      'queue_timeout',
      `No provider had a free slot within ${seconds} s (queue.timeout)`,
      {
        retryAfter: 1,
      },
    )
  }

  /** Chooses among the candidates with room; with `preferredOnly`, the preferred one or none. */
  #chooser(preferredOnly: boolean): () => Member | undefined {
    return () => {
      const candidates = this.#candidates()
      const free = preferredOnly ? candidates : candidates.filter(hasRoom)
      if (free.length === 0) return undefined
      const picked = this.#strategy.pick(free, this.#around.memory) as Member
      return hasRoom(picked) ? picked : undefined
    }
  }

  /** Who may be asked next: the untried and healthy, `fallback_only` ones after all others. Throws when there are none. */
  #candidates(): Member[] {
    const now = performance.now()
    const open = this.suitable.filter(member => {
      return (
        !this.#asked.has(member) && this.#around.guards.breaker(member.name).admits(this.#model, now) !== 'no'
      )
    })
    const active = open.filter(member => !member.provider.config.fallback_only)
    this.#fallback = active.length === 0
    const candidates = this.#fallback ? open : active
    if (candidates.length === 0) throw nobodyLeft
    const fresh = candidates.filter(member => !this.#passed.has(member))
    return fresh.length > 0 ? fresh : candidates
  }

  #began(lease: Lease<Member> | undefined): Lease<Member> | undefined {
    if (!lease) return undefined
    const breaker = this.#around.guards.breaker(lease.owner.name)
    this.#probe = breaker.admits(this.#model, performance.now()) === 'probe'
    if (this.#probe) breaker.beginProbe()
    this.#asked.add(lease.owner)
    this.#passed.clear()
    return lease
  }
}
