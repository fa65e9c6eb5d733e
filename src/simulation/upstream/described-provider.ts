import type { DescribedProviderConfig } from '../scenario/schema.ts'
import { behavioursOf } from './behaviour.ts'
import type { Behaviour } from './behaviour.ts'
import type { CallFacts } from './call-facts.ts'
import { Quota } from './quota.ts'
import { Station } from './station.ts'

/** Milliseconds in which a provider lists its models. */
const checkMs = 20

/** The answer or the failure that a provider has for a call. */
export interface Fate {
  /** Whether it begins an answer, which may still break off. */
  readonly answers: boolean
  /** A status, or a fault such as `refused`; undefined if the call gets its whole answer. */
  readonly failure: string | undefined
  /** Milliseconds to the failure, or to the first content. */
  readonly firstMs: number
  /** Milliseconds from the first content to the end. */
  readonly restMs: number
  readonly tokens: number
  /** Seconds that the caller is asked to wait. */
  readonly retryAfter: number | undefined
}

/** The surroundings of a described provider. */
export interface World {
  /** Draws from 0 to below 1. */
  readonly random: () => number
  /** The start of the scenario on the clock of `performance.now()`. */
  readonly startedAt: number
}

/** A provider as a scenario describes it, with its quota and its capacity. */
export class DescribedProvider {
  /** Undefined if it works on any number of calls. */
  readonly station: Station | undefined
  readonly #description: DescribedProviderConfig
  readonly #behaviourOf: (model: string) => Behaviour
  readonly #quota: Quota
  readonly #world: World

  constructor(description: DescribedProviderConfig, world: World) {
    this.#description = description
    this.#behaviourOf = behavioursOf(description)
    this.#quota = new Quota(description.quota)
    this.station = description.capacity && new Station(description.capacity)
    this.#world = world
  }

  /** Decides about a call that arrives now. */
  fateOf(facts: CallFacts): Fate {
    const { random } = this.#world
    const behaviour = this.#behaviourOf(facts.model)
    const tokens = Math.max(1, Math.round(Math.min(behaviour.answerTokens(random), facts.maxTokens)))
    const outage = this.#outage()
    if (outage !== undefined) return this.#failed(outage, behaviour)
    const waitMs = this.#quota.take(facts.promptTokens + tokens * facts.choices, performance.now())
    if (waitMs > 0) return this.#failed('429', behaviour, Math.ceil(waitMs / 1000))
    const failure = behaviour.failure(random)
    if (failure !== undefined && failure !== 'cut' && failure !== 'garbage')
      return this.#failed(failure, behaviour)
    return {
      answers: true,
      failure,
      tokens,
      retryAfter: undefined,
      ...this.#timesOf(facts, behaviour, tokens),
    }
  }

  /** Decides about a request for the list of models. */
  fateOfCheck(): Fate {
    const outage = this.#outage()
    if (outage !== undefined) return this.#failed(outage, this.#behaviourOf(''))
    return {
      answers: true,
      failure: undefined,
      firstMs: checkMs,
      restMs: 0,
      tokens: 0,
      retryAfter: undefined,
    }
  }

  /** The failure of every call at this time, if there is an outage. */
  #outage(): string | undefined {
    return this.#description.outages.find(span => this.#isIn(span))?.as
  }

  #failed(failure: string, { errorMs }: Behaviour, retryAfter?: number): Fate {
    const asks = failure === '429' || failure === '503'
    return {
      answers: false,
      failure,
      firstMs: errorMs(this.#world.random),
      restMs: 0,
      tokens: 0,
      retryAfter: retryAfter ?? (asks ? this.#description.retry_after : undefined),
    }
  }

  #timesOf(
    { streams }: CallFacts,
    { firstTokenMs, tokenMs, totalMs }: Behaviour,
    tokens: number,
  ): Pick<Fate, 'firstMs' | 'restMs'> {
    const { random } = this.#world
    const factor = this.#description.slowdowns.find(span => this.#isIn(span))?.factor ?? 1
    if (!streams && totalMs) return { firstMs: totalMs(random) * factor, restMs: 0 }
    return { firstMs: firstTokenMs(random) * factor, restMs: tokenMs(random) * (tokens - 1) * factor }
  }

  #isIn({ from, until }: { readonly from: number; readonly until: number }): boolean {
    const seconds = (performance.now() - this.#world.startedAt) / 1000
    return from <= seconds && seconds < until
  }
}
