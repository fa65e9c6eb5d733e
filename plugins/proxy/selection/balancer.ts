import type { ConfigView } from '../../../src/config/current.ts'
import type { Config } from '../../../src/config/schema.ts'
import type { ProviderCall } from '../../../src/chat/provider-call.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { ChatRequest } from '../../../src/contract/index.ts'
import type { Strategy, StrategyMemory } from '../../../src/contract/strategy.ts'
import type { SlowModels } from '../pool/slow-models.ts'
import { RoutingFigures } from './routing-figures.ts'
import type { Member } from '../pool/member.ts'
import type { Hedges } from '../pool/hedges.ts'
import type { ProviderPool } from '../pool/pool.ts'
import { isFull, roomOf, Slots } from '../pool/slots.ts'
import {
  candidatesFor,
  drainedFor,
  isFallback,
  isSameTier,
  readyIn,
  suitableFor,
  without,
} from './candidates.ts'
import type { Candidates } from './candidates.ts'
import { admitted } from './admission.ts'
import { withAffinity } from './affinity.ts'
import { RoutedCall } from './routed-call.ts'
import type { Choice, Selection } from './selection.ts'
import { soonestFor } from './soonest.ts'
import { strategies } from './strategies.ts'
import { fitsNowhere } from './windows.ts'
import { WakeTimer } from './wake-timer.ts'

/** Looks up the strategy that a configuration names. */
export type StrategyOf = (config: Config) => Strategy

/** Chooses providers for calls. Each choice is a value, made and recorded at once: nothing here waits. */
export class Balancer {
  readonly pool: ProviderPool
  readonly slots: Slots<Member>
  readonly figures: RoutingFigures
  /** Created with the first model that takes long to begin. */
  slowModels: SlowModels | undefined
  /** Created with the first call that may be hedged. */
  hedges: Hedges | undefined
  readonly #strategyOf: StrategyOf
  /** The strategy of the newest configuration among the calls so far. */
  #current: { readonly config: Config; readonly strategy: Strategy } | undefined
  readonly #memory: StrategyMemory = new Map()
  /** Lets the waiting calls choose again when a rate limit allows one. */
  readonly #wakeTimer: WakeTimer

  constructor(pool: ProviderPool, currentConfig: ConfigView, strategyOf: StrategyOf) {
    this.pool = pool
    this.figures = new RoutingFigures(() => pool.members.map(({ name }) => name))
    this.slots = new Slots(() => currentConfig.value.queue)
    this.#strategyOf = strategyOf
    this.#wakeTimer = new WakeTimer(() => this.slots.poke())
  }

  /**
   * A call with the strategy that selects its providers. What a client stores without naming a model, such as files,
   * must be found again: these calls go to the first provider that works, whatever the strategy.
   */
  route(request: ChatRequest, call: ProviderCall): RoutedCall {
    const { config } = call.request
    if (request.model === '') return new RoutedCall(request, call, strategies['failover']!)
    if (this.#current?.config !== config) this.#current = { config, strategy: this.#strategyOf(config) }
    const { strategy } = this.#current
    const { affinity } = config.routing
    return new RoutedCall(
      request,
      call,
      affinity === undefined ? strategy : withAffinity(strategy, affinity, request, call),
    )
  }

  /** Providers that the configuration lets answer the call, tried or not. */
  suitable(routed: RoutedCall): readonly Member[] {
    return suitableFor(this.pool.members, routed)
  }

  /** Providers that would be among them, had an operator not drained them. */
  drained(routed: RoutedCall): readonly Member[] {
    return drainedFor(this.pool.members, routed)
  }

  /** Whether the call is known to be too long for every provider of its model. */
  fitsNowhere(routed: RoutedCall): boolean {
    return fitsNowhere(this.suitable(routed), routed)
  }

  /** Whether a provider of its model works, as far as is known; one that rests may be asked all the same. */
  works(routed: RoutedCall): boolean {
    const now = performance.now()
    return this.suitable(routed).some(({ state }) => state.admits(routed.target, now))
  }

  /** The providers that may get the call next. */
  candidates(routed: RoutedCall): Candidates {
    return candidatesFor(this.pool.members, routed, performance.now())
  }

  /**
   * Lets the strategy pick one of the members, which must not be empty; a single one is taken without asking it. Throws
   * `step_result` if it picks anything else: a plugin may have brought it.
   */
  pick(members: readonly Member[], routed: RoutedCall): Member {
    const { strategy, config } = routed
    if (members.length === 1) return members[0]!
    const picked: unknown = strategy.pick(members, this.#memory, routed)
    const member = members.find(candidate => candidate === picked)
    if (member) return member
    const message = `The strategy "${config.routing.strategy}" picked none of the providers it was given; correct it`
    throw new HulumanageError('step_result', message)
  }

  /**
   * Chooses among the candidates with room; with `preferredOnly`, waits if the one that the strategy prefers is full.
   * `waitEndsAt`: how long the call may wait, on the clock of `performance.now()`.
   */
  select(routed: RoutedCall, preferredOnly = false, waitEndsAt = Number.POSITIVE_INFINITY): Choice {
    if (!this.slots.hasRoom) return 'wait'
    const candidates = this.candidates(routed)
    if (candidates.members.length === 0) return this.#waitForLimit(routed, candidates, waitEndsAt)
    const members = preferredOnly ? candidates.members : without(candidates.members, isFull)
    if (members.length === 0) return 'wait'
    const pending = routed.pending && members.includes(routed.pending.member) ? routed.pending : undefined
    const member = pending?.member ?? this.pick(members, routed)
    return isFull(member) ? 'wait' : this.#start(member, routed, pending?.repeat)
  }

  /** Chooses one provider for as long as it is a candidate; `ineligible` once it no longer is. */
  selectOnly(member: Member, routed: RoutedCall): Choice | 'ineligible' {
    if (!this.slots.hasRoom) return 'wait'
    const candidates = this.candidates(routed)
    if (candidates.readyAt === undefined) return 'none'
    if (!candidates.members.includes(member)) return 'ineligible'
    return isFull(member) ? 'wait' : this.#start(member, routed)
  }

  /** Whether a provider that was asked before may be asked again at that time, on the clock of `performance.now()`. */
  admits(member: Member, routed: RoutedCall, at: number): boolean {
    return admitted(this.suitable(routed), routed, at).includes(member)
  }

  /** Chooses a provider that was asked before once more; `ineligible` if more than a slot is missing. */
  repeat(member: Member, reason: string, routed: RoutedCall): Choice | 'ineligible' {
    routed.allowAgain(member)
    const now = performance.now()
    const isEligible =
      routed.allows(member, routed.config.routing.max_attempts) &&
      this.admits(member, routed, now) &&
      !readyIn(member, routed, now)
    if (!isEligible) return 'ineligible'
    return this.slots.hasRoom && !isFull(member) ? this.#start(member, routed, reason) : 'wait'
  }

  /**
   * Chooses another provider for a call that is under way at `first`: a healthy one of the same rank that has a slot now.
   * Undefined if none can.
   */
  selectBeside(first: Member, routed: RoutedCall): Selection | undefined {
    if (!this.slots.hasRoom) return undefined
    const now = performance.now()
    const free = this.candidates(routed).members.filter(
      member =>
        isSameTier(member, first) &&
        !isFull(member) &&
        member.state.breaker.admits(routed.target, now) === 'yes',
    )
    if (free.length === 0) return undefined
    const choice = this.#start(this.pick(free, routed), routed, 'hedge')
    routed.pending = undefined
    return choice instanceof Promise || typeof choice === 'string' ? undefined : choice
  }

  /** Whether another provider than those that were tried could begin the call now. */
  hasFree(routed: RoutedCall): boolean {
    return this.slots.hasRoom && this.candidates(routed).members.some(member => !isFull(member))
  }

  /** Waits for a rate limit, or for a provider that is back sooner. */
  #waitForLimit(routed: RoutedCall, { readyAt }: Candidates, waitEndsAt: number): 'none' | 'wait' | 'late' {
    if (readyAt === undefined) return 'none'
    const now = performance.now()
    const soonest = soonestFor(this.suitable(routed), routed, now)
    if (soonest > waitEndsAt) return 'late'
    this.#wakeTimer.set(soonest > now ? Math.min(soonest, readyAt) : readyAt)
    return 'wait'
  }

  /** Begins an attempt if there is known to be room; otherwise asks the store, and keeps to the choice meanwhile. */
  #start(member: Member, routed: RoutedCall, repeat?: string): Choice {
    const answer = askStore(member, routed)
    routed.pending = answer && { member, repeat }
    return answer ?? this.#begin(member, routed, repeat)
  }

  #begin(member: Member, routed: RoutedCall, repeat: string | undefined): Selection {
    const { state } = member
    const tokens = state.rateLimit ? routed.tokens : 0
    const trial = state.begin(routed.call.request.id, routed, tokens)
    routed.recordSent(member)
    const reason = trial.probe ? 'probe' : (repeat ?? reasonFor(member, routed))
    return { member, state, lease: this.slots.take(member), trial, reason }
  }
}

/** Asks the store about what is unknown: room for one more call, and its rate limit. Undefined if all is known. */
function askStore(member: Member, routed: RoutedCall): Promise<unknown> | undefined {
  const now = performance.now()
  const isRoomUnknown = roomOf(member) === 'unknown'
  const isLimitUnknown = readyIn(member, routed, now) === undefined
  if (!isRoomUnknown && !isLimitUnknown) return undefined
  return Promise.all([
    isRoomUnknown && member.leases.ask(member.maxConcurrent ?? 0),
    isLimitUnknown && member.state.rateLimit?.ask(routed.tokens, now),
  ])
}

function reasonFor(member: Member, { config, asked }: RoutedCall): string {
  const choice = isFallback(member) ? 'fallback_only' : config.routing.strategy
  return asked > 1 ? `${choice} after ${asked - 1} failed` : choice
}
