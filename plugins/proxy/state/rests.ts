/**
 * Pauses that a provider has asked for or that a missing model causes: until when it gets no calls at all, and until
 * when none for one model. All times are of a monotonic clock, given by the caller.
 */
export class Rests {
  #limitedUntil = 0
  readonly #models = new Map<string, number>()

  /** The time until which no call for the model may be sent. */
  until(model: string): number {
    return Math.max(this.#limitedUntil, this.#models.get(model) ?? 0)
  }

  isLimited(now: number): boolean {
    return now < this.#limitedUntil
  }

  /** Sends no calls until then; the later of two times holds. */
  limit(until: number): void {
    this.#limitedUntil = Math.max(this.#limitedUntil, until)
  }

  /** Sends no calls for one model until then. */
  restModel(model: string, until: number): void {
    this.#models.set(model, until)
  }

  /** The milliseconds that are left of each pause. */
  remaining(now: number): { readonly limitedMs: number; readonly models: Record<string, number> } {
    const models = [...this.#models].filter(([, until]) => until > now)
    return {
      limitedMs: Math.max(0, this.#limitedUntil - now),
      models: Object.fromEntries(models.map(([model, until]) => [model, until - now])),
    }
  }
}
