import type { Config } from '../../../src/config/schema.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { Call, ChatRequest } from '../../../src/contract/index.ts'
import type { Member } from '../pool/pool.ts'
import { roomOf } from '../pool/slots.ts'
import type { Lease } from '../pool/slots.ts'
import type { Strategy } from '../../../src/contract/strategy.ts'
import { expectedTokens } from '../state/rate-limit.ts'
import type { Surroundings } from './balancer.ts'

/** Thrown out of a wait when nobody is left to wait for. */
const nobodyLeft = new Error('no provider is left')
/** Thrown out of a wait for a preferred provider when that is none any more. */
const notPreferred = new Error('the provider is no candidate')

/** The way of one request through the providers: who has been asked, who is next, and how long a full one is waited for. */
export class Search {
  readonly #request: ChatRequest
  readonly #model: string
  readonly #call: Call
  readonly #config: Config
  readonly #around: Surroundings
  readonly #strategy: Strategy
  /** Everyone who was asked, and those of them who are not asked again. */
  readonly #asked: Member[] = []
  readonly #done: Member[] = []
  /** Full providers that were waited for long enough. */
  readonly #passed: Member[] = []
  #probe = false
  #fallback = false
  #again: string | undefined
  /** The one that is to be asked as soon as the store has said that it may be, and why where it has been asked before. */
  #awaited: { readonly member: Member; readonly again?: string | undefined } | undefined
  #answer: Promise<unknown> | undefined
  #tokens: number | undefined
  readonly #queueEnd: number

  constructor(request: ChatRequest, call: Call, config: Config, around: Surroundings) {
    this.#request = request
    this.#model = request.model
    this.#call = call
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
    if (this.#again !== undefined) return this.#again
    const choice = this.#fallback ? 'fallback_only' : this.#config.routing.strategy
    return this.#asked.length > 1 ? `${choice} after ${this.#asked.length - 1} failed` : choice
  }

  /** The most tokens the request is expected to use; 0 unless a rate limit of the provider just given counts them. */
  get tokens(): number {
    return this.#tokens ?? 0
  }

  /** The same provider once more, where it may be asked and has a slot now; if not, it is one of the next. */
  again(member: Member, why: string): Lease<Member> | undefined {
    this.#done.splice(this.#done.indexOf(member), 1)
    const now = performance.now()
    const chooser = () => {
      const ready = this.#mayBeAsked(member, now) && !this.#readyIn(member, now) && roomOf(member) !== 'full'
      return ready ? this.#beginIfKnown(member, why) : undefined
    }
    return this.#around.slots.tryTake(chooser)
  }

  /** The next provider if it has a slot now and nobody waits for one. */
  tryNext(): Lease<Member> | undefined {
    if (this.#around.slots.waiting > 0) return undefined
    try {
      return this.#around.slots.tryTake(this.#chooser(this.#strategy.waits === true))
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
      return await this.#wait(this.#chooser(false), this.#queueEnd - performance.now())
    } catch (error) {
      if (error === nobodyLeft) return undefined
      throw error
    }
  }

  /** The one provider that has what the request refers to. */
  get only(): string | undefined {
    return this.#call.request.source?.provider
  }

  /** Providers that may serve the model, asked or not. */
  get suitable(): readonly Member[] {
    return this.#around.pool.members.filter(member => this.#suits(member))
  }

  #suits({ provider }: Member): boolean {
    const { only } = this
    return provider.serves(this.#model) && (only === undefined || provider.name === only)
  }

  /** Waits for the preferred provider, then for the one after it, each up to `slot_wait`. */
  async #waitForPreferred(): Promise<Lease<Member> | undefined> {
    for (;;) {
      const candidates = this.#candidates()
      if (candidates.length === 0) return undefined
      const preferred = this.#strategy.pick(candidates, this.#around.memory) as Member
      if (this.#passed.includes(preferred)) return undefined
      const waitMs = Math.min(this.#config.routing.slot_wait * 1000, this.#queueEnd - performance.now())
      const chooser = () => {
        if (!this.#candidates().includes(preferred)) throw notPreferred
        return roomOf(preferred) === 'full' ? undefined : this.#beginIfKnown(preferred)
      }
      const lease = await this.#take(chooser, waitMs).catch(unlessNotPreferred)
      if (lease) return lease
      this.#passed.push(preferred)
    }
  }

  async #wait(choose: () => Member | undefined, waitMs: number): Promise<Lease<Member>> {
    const lease = await this.#take(choose, Math.max(0, waitMs))
    if (lease) return lease
    const seconds = this.#config.queue.timeout
    if (this.#candidates().length === 0) throw this.#overLimit()
    throw new HulumanageError(
      'queue_timeout',
      `No provider had a free slot within ${seconds} s (queue.timeout)`,
      {
        retryAfter: 1,
      },
    )
  }

  async #take(choose: () => Member | undefined, waitMs: number): Promise<Lease<Member> | undefined> {
    const { slots } = this.#around
    const { signal } = this.#call
    for (;;) {
      // Those who wait already would have what is free if it suited them: they wait for other providers.
      const lease = slots.tryTake(choose)
      if (lease) return lease
      const answer = this.#answer
      if (!answer) return await slots.take(choose, waitMs, signal)
      this.#answer = undefined
      await answer
      signal.throwIfAborted()
    }
  }

  /** Chooses among the candidates with room; with `preferredOnly`, the preferred one or none. */
  #chooser(preferredOnly: boolean): () => Member | undefined {
    return () => {
      const candidates = this.#candidates()
      const free = preferredOnly ? candidates : without(candidates, isFull)
      if (free.length === 0) return undefined
      const awaited = this.#awaited && free.includes(this.#awaited.member) ? this.#awaited : undefined
      const picked = awaited?.member ?? (this.#strategy.pick(free, this.#around.memory) as Member)
      return isFull(picked) ? undefined : this.#beginIfKnown(picked, awaited?.again)
    }
  }

  /**
   * Who may be asked next: of the untried, healthy and within their rate limits those of the lowest priority,
   * `fallback_only` ones after all others. Empty where rate limits are all that is in the way; throws when nobody is left.
   */
  #candidates(): Member[] {
    const now = performance.now()
    const ready: Member[] = []
    let soonest: number | undefined
    for (const member of this.#around.pool.members) {
      if (!this.#suits(member) || !this.#mayBeAsked(member, now)) continue
      const wait = this.#readyIn(member, now)
      if (!wait) ready.push(member)
      soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, wait ?? 0)
    }
    if (soonest === undefined) throw nobodyLeft
    if (ready.length === 0) {
      this.#around.alarm.set(now + soonest)
      return ready
    }
    this.#fallback = ready.every(isFallback)
    const candidates = this.#fallback ? ready : without(ready, isFallback)
    const fresh = without(candidates, member => this.#passed.includes(member))
    return lowestTier(fresh.length > 0 ? fresh : candidates)
  }

  #mayBeAsked(member: Member, now: number): boolean {
    if (this.#done.includes(member)) return false
    const most = this.#config.routing.max_attempts ?? Number.POSITIVE_INFINITY
    if (this.#asked.length >= most && !this.#asked.includes(member)) return false
    return this.#around.guards.breaker(member.name).admits(this.#model, now) !== 'no'
  }

  /** Milliseconds until the provider's own rate limit allows the request; 0: now; undefined: perhaps now. */
  #readyIn(member: Member, now: number): number | undefined {
    const limit = this.#around.guards.limit(member)
    if (!limit) return 0
    this.#tokens ??= expectedTokens(this.#request, this.#call.request.operation)
    return limit.readyIn(this.#tokens, now)
  }

  #soonest(members: readonly Member[], now: number): number {
    return Math.min(...members.map(member => this.#readyIn(member, now) ?? 0))
  }

  #overLimit(): HulumanageError {
    const now = performance.now()
    const open = this.suitable.filter(member => this.#mayBeAsked(member, now))
    const retryAfter = Math.max(1, Math.ceil(this.#soonest(open, now) / 1000))
    const message = `The rate limit of every provider for "${this.#model}" is used up; try again in ${retryAfter} s`
    return new HulumanageError('rate_limit_exceeded', message, { retryAfter })
  }

  /** Begins where it may; where the store must be asked first, does that, and keeps to the choice meanwhile. */
  #beginIfKnown(member: Member, again?: string): Member | undefined {
    this.#answer = this.#question(member)
    this.#awaited = this.#answer && { member, again }
    return this.#answer ? undefined : this.#begin(member, again)
  }

  #question(member: Member): Promise<unknown> | undefined {
    const now = performance.now()
    const room = roomOf(member) === 'unknown' && member.leases.ask(member.limit ?? 0)
    const isOpen = this.#readyIn(member, now) === undefined
    const rate = isOpen && this.#around.guards.limit(member)?.ask(this.tokens, now)
    return room || rate ? Promise.all([room, rate]) : undefined
  }

  /** Enters a choice in the moment it is made: the next one that is made, even for another waiter, must know of it. */
  #begin(member: Member, again?: string): Member {
    const now = performance.now()
    const { guards } = this.#around
    const breaker = guards.breaker(member.name)
    this.#probe = breaker.admits(this.#model, now) === 'probe'
    if (this.#probe) guards.beginProbe(member.name)
    guards.limit(member)?.reserve(this.tokens, now)
    this.#again = again
    if (!this.#asked.includes(member)) this.#asked.push(member)
    this.#done.push(member)
    this.#passed.length = 0
    return member
  }
}

function unlessNotPreferred(thrown: unknown): undefined {
  if (thrown !== notPreferred) throw thrown
}

function isFull(member: Member): boolean {
  return roomOf(member) === 'full'
}

function isFallback({ provider }: Member): boolean {
  return provider.config.fallback_only
}

function lowestTier(members: Member[]): Member[] {
  const lowest = members.reduce((least, { provider }) => Math.min(least, provider.config.priority), Infinity)
  return without(members, ({ provider }) => provider.config.priority !== lowest)
}

/** The same list where nobody has to go, which is the rule. */
function without(members: Member[], unwanted: (member: Member) => boolean): Member[] {
  return members.some(unwanted) ? members.filter(member => !unwanted(member)) : members
}
