import type { RestNotice, RestReason } from './notice-format.ts'

/** Maximum number of models, and of endpoints other than that of chats, that are remembered: clients may ask for any name. */
const mostTargets = 256
/** The scope of a verdict on an endpoint: `GET /files`, or `m (POST /embeddings)`. */
const ofEndpoint = /(?:^| \()[A-Z]+ \//

interface Rest {
  readonly until: number
  readonly reason: RestReason
}

/**
 * Pauses that a provider has asked for or that a missing model causes, for one model each: services count limits by model.
 * All times are of a monotonic clock, given by the caller.
 */
export class Rests {
  readonly #models = new Map<string, Rest>()

  /** The time until which no call for the model may be sent. */
  until(model: string): number {
    return this.#models.get(model)?.until ?? 0
  }

  /** Why the model rests; undefined if it does not. */
  reasonFor(model: string, now: number): RestReason | undefined {
    const rest = this.#models.get(model)
    return rest && now < rest.until ? rest.reason : undefined
  }

  /** The end of the first pause that is not over; undefined if no model rests. */
  soonest(now: number): number | undefined {
    const times = [...this.#models.values()].map(({ until }) => until).filter(until => until > now)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Sends no calls for the model until then; the later of two times holds. */
  rest(model: string, until: number, reason: RestReason): void {
    const present = this.#models.get(model)
    if (present && present.until > until) return
    if (!present) makeRoom(this.#models, model)
    this.#models.set(model, { until, reason })
  }

  /** Forgets that the provider lacks a model, since it has answered for it. */
  found(model: string): void {
    if (this.#models.get(model)?.reason === 'model') this.#models.delete(model)
  }

  /** The rest of each pause, for other servers. */
  notice(now: number): Record<string, RestNotice> {
    const resting = [...this.#models].filter(([, { until }]) => until > now)
    return Object.fromEntries(
      resting.map(([model, { until, reason }]) => [model, { ms: until - now, reason }]),
    )
  }
}

/**
 * Makes room for one more scope of verdicts: the first of its kind is forgotten if there are too many. Paths, which clients
 * choose freely, take no room of models.
 */
export function makeRoom(targets: Map<string, unknown>, added: string): void {
  if (targets.size < mostTargets) return
  const isOfEndpoint = ofEndpoint.test(added)
  const alike = [...targets.keys()].filter(target => ofEndpoint.test(target) === isOfEndpoint)
  if (alike.length >= mostTargets) targets.delete(alike[0]!)
}
