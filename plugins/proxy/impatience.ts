import type { Impatience } from '../../src/attempt/attempt-timer.ts'
import type { AttemptTimeouts } from '../../src/attempt/options.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { SlowModels } from './pool/slow-models.ts'
import type { Balancer } from './selection/balancer.ts'
import type { RoutedCall } from './selection/routed-call.ts'

/** The share of the time for a first content after which a silent stream is given up if another provider can answer. */
export const impatientShare = 1 / 3
/** Tokens of a prompt that a slow service reads in a second. */
const promptTokensPerSecond = 2_000

/** Gives a silent stream up early if another provider can answer its call, see decision 42. */
export class Impatient implements Impatience {
  readonly afterMs: number
  readonly #firstTokenMs: number
  readonly #routed: RoutedCall
  readonly #balancer: Balancer
  #hasFired = false

  constructor({ firstTokenMs }: AttemptTimeouts, routed: RoutedCall, balancer: Balancer) {
    this.afterMs = firstTokenMs * impatientShare
    this.#firstTokenMs = firstTokenMs
    this.#routed = routed
    this.#balancer = balancer
  }

  readonly limitMs = (): number => {
    this.#hasFired = true
    if (!this.#hasOther) return this.#firstTokenMs
    const readingMs = (this.#routed.promptTokens / promptTokensPerSecond) * 1000
    return Math.min(this.#firstTokenMs, this.afterMs + readingMs)
  }

  /** Remembers a model that has begun after all. */
  begun(): void {
    if (this.#hasFired) (this.#balancer.slowModels ??= new SlowModels()).add(this.#routed.model)
  }

  /** Whether another provider, or another model, can answer the call now. */
  get #hasOther(): boolean {
    const { config, model } = this.#routed
    if (this.#balancer.slowModels?.has(model)) return false
    const { any } = config.fallbacks
    return this.#balancer.hasFree(this.#routed) || (Object.hasOwn(any, model) && any[model]!.length > 0)
  }
}

/**
 * Whether nobody has said how long this provider may take to begin. Models that think, and services in a private network,
 * are slow to begin by nature.
 */
export function isPatienceGuessed(
  { config, endpoint }: Provider,
  { thinks }: AttemptTimeouts,
  { config: { timeouts }, passed }: RoutedCall,
): boolean {
  if (thinks || passed || config.timeout !== undefined || timeouts.first_token !== undefined) return false
  return timeouts.request !== undefined || !endpoint.isPrivate
}
